import type { NetworkParameter, Operation, Value } from '../../backends/operations.js';
import { sizeOf } from '../../common/shapes.js';
import { quote } from '../../common/messages.js';
import type { Layer } from '../../types.js';
import { refuseSpec } from './checks.js';

/** What a parameter is decides its layout on disk, its initial value and whether gradients reach it. */
export interface Parameter extends NetworkParameter {
  /** In memory: conv [kernel, kernel, in, out], dense [in, out], others [channels]. */
  readonly shape: readonly number[];
  readonly kind: 'conv' | 'dense' | 'bias' | 'scale' | 'shift' | 'runningMean' | 'runningVar';
  /** Inputs that feed one output, for initialisation (convolutions, dense layers and their biases). */
  readonly fanIn: number;
  /** For a dense layer that follows a flatten: [H, W, C], since PyTorch flattens channels first. */
  readonly flattened?: readonly number[];
}

// Bounds that no sane network reaches; they keep a hostile file from asking for all of memory.
const MAX_LAYERS = 1000;
const MAX_PARAMETERS = 100_000_000;
export const MAX_ACTIVATIONS = 1 << 26;

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An operation but for what the recorder knows. */
export type NewOperation = Distribute<Operation, 'layer' | 'y' | 'name'> & { name?: string };

/** Lists operations and parameters as layers are met, and bounds them. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly parameters: Parameter[] = [];
  /** Index of the top-level layer that is lowered now. */
  layer = 0;
  /** Shape of the image that the layer right before this one flattened, and that this one flattens. */
  flattened: readonly number[] | undefined;
  flattens: readonly number[] | undefined;
  /** How many dropouts there are. */
  dropouts = 0;
  private readonly names = new Set<string>();
  private layers = 0;
  private total = 0;

  /** Begins a layer. @throws {HandfulError} `bad-argument` if there are too many. */
  begin(): void {
    if (++this.layers > MAX_LAYERS) refuseSpec(`A spec has at most ${MAX_LAYERS} layers.`);
    this.flattened = this.flattens;
    this.flattens = undefined;
  }

  /** Adds an operation; returns what it yields. */
  operation(operation: NewOperation, shape: readonly number[]): Value {
    const y: Value = { shape };
    const { layer } = this;
    this.operations.push({ name: `${operation.kind} ${layer}`, ...operation, layer, y });
    return y;
  }

  /**
   * Adds a parameter; returns its name.
   * @throws {HandfulError} `bad-argument` for names that are none or taken, and for too many numbers in all.
   */
  parameter(
    layer: string,
    suffix: string,
    parameter: Pick<Parameter, 'kind' | 'shape' | 'fanIn' | 'flattened'>,
    where: string,
  ): string {
    if (typeof layer !== 'string' || !/^[\w.-]{1,200}$/.test(layer))
      refuseSpec(`${where}.name is a name such as 'conv1' or 'layers.0.bn1'; got ${quote(layer)}.`);
    const name = `${layer}.${suffix}`;
    if (this.names.has(name)) refuseSpec(`${where}: the name '${layer}' is taken by an earlier layer.`);
    this.names.add(name);
    this.total += sizeOf(parameter.shape);
    if (this.total > MAX_PARAMETERS) refuseSpec(`${where}: a network has at most ${MAX_PARAMETERS} parameters.`);
    const learns = parameter.kind !== 'runningMean' && parameter.kind !== 'runningVar';
    this.parameters.push({ name, layer: this.layer, learns, ...parameter });
    return name;
  }

  /** @throws {HandfulError} `bad-argument` if a layer yields nothing, or too much. */
  checkShape({ type }: Layer, x: Value, y: Value, where: string): Value {
    if (y.shape.some((size) => size < 1) || sizeOf(y.shape) > MAX_ACTIVATIONS)
      refuseSpec(`${where} (${type}) turns [${x.shape}] into [${y.shape}], which no network can use.`);
    return y;
  }
}
