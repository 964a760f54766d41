import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import type { Layer } from '../../../types.js';
import type { ForeignTensor } from '../foreign-model.js';
import type { KerasNode } from './graph.js';
import type { Json } from './json.js';
import { isCount } from './values.js';
import type { Sides } from './values.js';

/** What a layer is read with. */
export interface Call {
  node: KerasNode;
  config: Json;
  /** The layer in words, for messages. */
  where: string;
  /** Name of the layer in the spec. */
  name: string;
  /** Of what it is applied to, without the batch axis. */
  shape: readonly number[];
  /** Zeros around that, which an earlier layer asked for. */
  added: Sides | undefined;
  /** The last layer before it, if there is one in its branch. */
  last: Layer | undefined;
  /** The layer's weights, of which `names` lists those it has in the order that Keras makes them in. */
  weights: (names: readonly string[]) => ReadonlyMap<string, ForeignTensor>;
  /** Gives a parameter of the spec its values. */
  put: (parameter: string, tensor: ForeignTensor) => void;
}

/** What becomes of it. */
export interface Read {
  layers: Layer[];
  shape: readonly number[];
  /** Zeros for the next layer to add. */
  added?: Sides;
}

/** @throws {HandfulError} `bad-model` naming the layer and what is wrong with it. */
export type LayerReader = (call: Call) => Read;

/**
 * Takes one of a layer's weights for a parameter.
 * @param shape What the weight has to have.
 * @param as What the parameter has, of the same numbers.
 * @throws {HandfulError} `bad-model` if it is not there, or of another shape.
 */
export function take(
  { where, put }: Call,
  weights: ReadonlyMap<string, ForeignTensor>,
  weight: string,
  shape: readonly number[],
  parameter: string,
  as = shape,
): void {
  const found = weights.get(weight);
  if (!found) return badModel(`${where} has no ${weight} in the model file, only ${quote([...weights.keys()])}.`);
  if (String(found.shape) !== String(shape) || found.data.length !== sizeOf(shape))
    badModel(`${where} has a ${weight} of ${quote(found.shape)} in the model file; expected [${shape}].`);
  put(parameter, { shape: as, data: found.data });
}

/** Takes the kernel of the layer and, unless it has none, its bias. */
export function takeAffine(call: Call, shape: readonly number[]): void {
  const { config, name } = call;
  const hasBias = config.use_bias !== false;
  const weights = call.weights(['kernel', ...(hasBias ? ['bias'] : [])]);
  take(call, weights, 'kernel', shape, `${name}.weight`);
  if (hasBias) take(call, weights, 'bias', shape.slice(-1), `${name}.bias`);
}

export function biasOf({ use_bias: bias }: Json): { bias?: false } {
  return bias === false ? { bias: false } : {};
}

/** @throws {HandfulError} `bad-model` */
export function imageOf({ shape, where }: Call): [number, number, number] {
  const [height, width, channels] = shape;
  if (height === undefined || width === undefined || channels === undefined)
    return badModel(`${where} is applied to [${shape}]; expected an image [height, width, channels].`);
  return [height, width, channels];
}

/** @throws {HandfulError} `bad-model` */
export function countOf({ config, where }: Call, key: string, missing?: number): number {
  const value = config[key] ?? missing;
  return isCount(value) ? value : badModel(`${where} has the ${key} ${quote(value)}; expected a whole number from 1.`);
}

/** @throws {HandfulError} `bad-model` */
export function numberOf({ config, where }: Call, key: string, missing: number): number {
  const value = config[key] ?? missing;
  return typeof value === 'number' ? value : badModel(`${where} has the ${key} ${quote(value)}; expected a number.`);
}
