// Fusion: neighbouring operations that one kernel does in one pass become one. A pass of its own over lowered
// operations, the same for all backends.

import type {
  Activate,
  Add,
  BatchNorm,
  Conv2d,
  Dense,
  DepthwiseConv2d,
  Dropout,
  Flatten,
  Loss,
  Operation,
  Pool,
  Segment,
  Softmax,
  Value,
} from './operations.js';

/** Whether ReLU is part of an operation. */
interface MaybeRelu {
  readonly relu: boolean;
}

/** A convolution, perhaps ReLU, and the maximum of each window of `pool` x `pool` pixels. */
export interface Conv2dMaxPool extends Omit<Conv2d, 'kind'>, MaybeRelu {
  readonly kind: 'conv2dMaxPool';
  readonly pool: number;
  /** Shape of what is pooled. */
  readonly convolved: readonly number[];
}

/** Batch norm, perhaps plus a residual's other branch, perhaps ReLU. */
export interface FusedBatchNorm extends BatchNorm, MaybeRelu {
  readonly addend: Value | undefined;
}

export type FusedOperation =
  | (Conv2d & MaybeRelu)
  | Conv2dMaxPool
  | (DepthwiseConv2d & MaybeRelu)
  | (Dense & MaybeRelu)
  | FusedBatchNorm
  | Activate
  | Dropout
  | Pool
  | Flatten
  | (Add & MaybeRelu);

export type FusedKind = FusedOperation['kind'];

/** One of the fused operations by its kind. */
export type Fused<K extends FusedKind> = FusedOperation & { readonly kind: K };

/** Fuses the operations of a network, or of a part of one whose result is the last operation's. */
export function fuse({ operations }: Pick<Segment, 'operations'>): FusedOperation[] {
  const uses = countUses(operations);
  const isUsedOnce = (value: Value) => uses.get(value) === 1;
  const fused: FusedOperation[] = [];
  for (const operation of operations) {
    const into = rules(operation, fused, isUsedOnce);
    if (into) fused.splice(into.at, fused.length - into.at, ...into.by);
    else fused.push(alone(operation));
  }
  return fused;
}

/** What takes the place of the operations from `at` on. */
interface Replacement {
  at: number;
  by: FusedOperation[];
}

function rules(
  operation: Operation,
  before: readonly FusedOperation[],
  isUsedOnce: (value: Value) => boolean,
): Replacement | undefined {
  if (operation.kind === 'flatten' || !isUsedOnce(operation.x)) return undefined;
  if (operation.kind === 'activation') return intoRelu(operation, before);
  if (operation.kind === 'add') return intoBatchNorm(operation, before);
  if (operation.kind === 'maxPool') return intoConv2d(operation, before, isUsedOnce);
  return undefined;
}

/** x, then ReLU. */
function intoRelu({ activation, x, y }: Activate, before: readonly FusedOperation[]): Replacement | undefined {
  const last = before.at(-1);
  if (activation !== 'relu' || last?.y !== x || !('relu' in last)) return undefined;
  return { at: before.length - 1, by: [{ ...last, y, relu: true }] };
}

/** A branch that ends in batch norm, then the sum with the other one. */
function intoBatchNorm({ x, addend, y }: Add, before: readonly FusedOperation[]): Replacement | undefined {
  const at = before.findIndex((each) => each.y === x);
  const norm = before[at];
  if (norm?.kind !== 'batchNorm' || norm.relu || norm.addend) return undefined;
  return { at, by: [...before.slice(at + 1), { ...norm, addend, y }] }; // after what yields the other branch
}

/**
 * A convolution, perhaps activated, then the maxima of square windows that do not overlap. What never falls commutes with
 * max: applied after the pool it touches fewer values.
 */
function intoConv2d(
  { x, y, window, stride, padding }: Pool,
  before: readonly FusedOperation[],
  isUsedOnce: (value: Value) => boolean,
): Replacement | undefined {
  const [pool] = window;
  if ([...window, ...stride].some((size) => size !== pool) || padding.some((side) => side > 0)) return undefined;
  const last = before.at(-1);
  const smooth = last?.kind === 'activation' ? last : undefined;
  if (smooth && (smooth.y !== x || !isUsedOnce(smooth.x) || !neverFalls(smooth))) return undefined;
  const at = before.length - (smooth ? 2 : 1);
  const conv = before[at];
  if (conv?.kind !== 'conv2d' || conv.y !== (smooth?.x ?? x)) return undefined;
  const pooled = smooth ? { shape: y.shape } : y;
  const both: Conv2dMaxPool = { ...conv, kind: 'conv2dMaxPool', pool, convolved: conv.y.shape, y: pooled };
  return { at, by: smooth ? [both, { ...smooth, x: pooled, y }] : [both] };
}

function neverFalls({ activation, slope = 0 }: Activate): boolean {
  return activation === 'sigmoid' || activation === 'tanh' || (activation === 'leakyRelu' && slope >= 0);
}

/** A loss with its gradient in one pass. */
export interface FusedLoss {
  readonly kind: 'softmaxCrossEntropy' | 'squaredError';
  readonly x: Value;
}

/** Softmax and cross-entropy as one: together their gradient is the difference of probabilities and targets. */
export function fuseLoss(operations: readonly (Softmax | Loss)[]): FusedLoss {
  const [first, second] = operations;
  if (first?.kind === 'softmax' && second?.kind === 'crossEntropy' && second.x === first.y)
    return { kind: 'softmaxCrossEntropy', x: first.x };
  if (first?.kind === 'squaredError') return { kind: 'squaredError', x: first.x };
  throw new Error(`There is no loss of ${operations.map(({ kind }) => kind).join(', ')}.`);
}

/** An operation as it is when nothing is fused with it. */
function alone(operation: Operation): FusedOperation {
  switch (operation.kind) {
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'dense':
    case 'add':
      return { ...operation, relu: false };
    case 'batchNorm':
      return { ...operation, relu: false, addend: undefined };
    default:
      return operation;
  }
}

/** How many operations read each value. */
function countUses(operations: readonly Operation[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const operation of operations)
    for (const value of inputsOf(operation)) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

/** What an operation reads, parameters apart. */
export function inputsOf(operation: Operation | FusedOperation): Value[] {
  return 'addend' in operation && operation.addend ? [operation.x, operation.addend] : [operation.x];
}
