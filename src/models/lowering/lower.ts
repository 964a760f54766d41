import type { LoweredNetwork, Value } from '../../backends/operations.js';
import { quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';
import type { DenseLayer, Layer, Spec } from '../../types.js';
import { refuseSpec, wholeNumber } from './checks.js';
import { lowerLayer } from './layers.js';
import { MAX_ACTIVATIONS, Recorder } from './recorder.js';
import type { Parameter } from './recorder.js';

export type { Parameter } from './recorder.js';

/** A spec that was checked, with all that follows from it. */
export interface Architecture extends LoweredNetwork {
  readonly spec: Spec;
  /** In PyTorch's order. */
  readonly parameters: readonly Parameter[];
  /** Shape after each top-level layer, without the batch axis. */
  readonly shapes: readonly (readonly number[])[];
  readonly classes: number;
  /** Sum over what gradients reach; running statistics do not count, as PyTorch counts. */
  readonly trainable: number;
}

/**
 * Checks a spec and lowers it to operations, with all shapes, defaults and parameters resolved.
 * @throws {HandfulError} `bad-argument` naming the layer and what is wrong with it.
 */
export function lower(spec: Spec): Architecture {
  const { input, head } = checkFrame(spec);
  const recorder = new Recorder();
  const boundaries: Value[] = [{ shape: [...input] }];
  spec.layers.reduce<Value>((x, layer, index) => {
    recorder.layer = index;
    const y = lowerLayer(recorder, layer, x, `layer ${index}`);
    boundaries.push(y);
    return y;
  }, boundaries[0] as Value);
  const { operations, parameters } = recorder;
  return {
    spec,
    operations,
    boundaries,
    parameters,
    shapes: boundaries.slice(1).map(({ shape }) => shape),
    classes: head.units,
    trainable: parameters.reduce((sum, { learns, shape }) => sum + (learns ? sizeOf(shape) : 0), 0),
  };
}

/** Number of trainable parameters, as PyTorch counts them. */
export function countParameters(spec: Spec): number {
  return lower(spec).trainable;
}

/** What surrounds the layers. @throws {HandfulError} `bad-argument` */
function checkFrame(spec: Spec): { input: number[]; head: DenseLayer } {
  if (typeof spec !== 'object' || spec === null) refuseSpec(`A spec is an object; got ${quote(spec)}.`);
  if (typeof spec.name !== 'string') refuseSpec(`spec.name is a string; got ${quote(spec.name)}.`);
  const input: unknown = spec.input;
  if (!Array.isArray(input) || (input.length !== 1 && input.length !== 3))
    return refuseSpec(`spec.input is [height, width, channels] or [features]; got ${quote(input)}.`);
  const sizes = input.map((size) => wholeNumber(size, 'a size in spec.input'));
  if (sizeOf(sizes) > MAX_ACTIVATIONS) refuseSpec(`spec.input is too large for any network: [${sizes}].`);
  const layers: unknown = spec.layers;
  if (!Array.isArray(layers) || layers.length === 0)
    return refuseSpec(`spec.layers is a list of layers; got ${quote(layers)}.`);
  const head = layers.at(-1) as Layer | null | undefined;
  if (head?.type !== 'dense' || head.activation)
    return refuseSpec(
      `The last layer of a spec is a dense one without activation, which yields the logits; got ${quote(head)}.`,
    );
  return { input: sizes, head };
}
