// A network as devices know it: a list of operations in the order in which they run, everything resolved. What a spec
// leaves to defaults, nests in residuals or abbreviates is settled here already (models/lowering).

import type { Activation } from '../types.js';

/** What flows from one operation to others: a batch of examples, one after the other. Identity is what counts. */
export interface Value {
  /** Of one example: [H, W, C] or [features]. */
  readonly shape: readonly number[];
}

interface Base {
  /** The spec's name of the layer, or the operation's kind and place; for messages and `npm run explain`. */
  readonly name: string;
  /** Index of the top-level layer that it is part of. */
  readonly layer: number;
  readonly x: Value;
  readonly y: Value;
}

/** Parameters by name. */
interface Affine extends Base {
  readonly weight: string;
  readonly bias: string | undefined;
}

/** Rows or columns on each side of an image. */
export type Sides = readonly [top: number, bottom: number, left: number, right: number];

/** What convolutions of images have in common; their padding is zeros. */
interface Convolution extends Affine {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Sides;
}

/** y [H', W', filters] of x [H, W, C], weights [kernel, kernel, C, filters]. */
export interface Conv2d extends Convolution {
  readonly kind: 'conv2d';
}

/**
 * Each channel by itself: y [H', W', C · m] of x [H, W, C], weights [kernel, kernel, 1, C · m]; channel o of y is made of
 * channel o / m of x, rounded down.
 */
export interface DepthwiseConv2d extends Convolution {
  readonly kind: 'depthwiseConv2d';
}

/** y [units] of x [in], weights [in, units]. */
export interface Dense extends Affine {
  readonly kind: 'dense';
}

/** Over the last axis: by the batch's statistics in training, by the running ones in inference. */
export interface BatchNorm extends Base {
  readonly kind: 'batchNorm';
  readonly scale: string;
  readonly shift: string;
  readonly runningMean: string;
  readonly runningVariance: string;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Weight of the newest batch in the running statistics. */
  readonly momentum: number;
}

export interface Activate extends Base {
  readonly kind: 'activation';
  readonly activation: Activation;
  /** Of `leakyRelu`, where x is below 0. */
  readonly slope?: number;
}

/** In training, zeroes values by the mask of dropout.ts; at inference it does nothing. */
export interface Dropout extends Base {
  readonly kind: 'dropout';
  /** Above 0 and below 1. */
  readonly rate: number;
  /** Which of the network's dropouts it is: each has a mask of its own. */
  readonly site: number;
}

/** Rows and columns that fill no window are dropped; the padding is part of no maximum and no mean. */
export interface Pool extends Base {
  readonly kind: 'maxPool' | 'avgPool';
  readonly window: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly padding: Sides;
}

/** The same numbers as one row, channels fastest. */
export interface Flatten extends Base {
  readonly kind: 'flatten';
}

/** y = x + addend. */
export interface Add extends Base {
  readonly kind: 'add';
  readonly addend: Value;
}

export type Operation = Conv2d | DepthwiseConv2d | Dense | BatchNorm | Activate | Dropout | Pool | Flatten | Add;

/** Probabilities of logits. */
export interface Softmax {
  readonly kind: 'softmax';
  readonly x: Value;
  readonly y: Value;
}

/** The mean over the batch, and for squared errors over the values of each example too; y is one number. */
export interface Loss {
  readonly kind: 'crossEntropy' | 'squaredError';
  readonly x: Value;
  readonly y: Value;
}

/** A parameter of a network, or a running statistic. */
export interface NetworkParameter {
  /** As in a PyTorch state_dict, such as `conv1.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of the top-level layer that it belongs to. */
  readonly layer: number;
  /** Gradients reach it; running statistics follow the data instead. */
  readonly learns: boolean;
}

/** A network that was lowered from a checked spec. */
export interface LoweredNetwork {
  readonly operations: readonly Operation[];
  /** The network's input, then what each top-level layer yields. */
  readonly boundaries: readonly Value[];
  readonly parameters: readonly NetworkParameter[];
}

/** Part of a network: top-level layers `from` to `to`, one past the last. */
export interface Segment {
  readonly operations: readonly Operation[];
  readonly input: Value;
  readonly output: Value;
}

export function segment(network: LoweredNetwork, from: number, to = network.boundaries.length - 1): Segment {
  return {
    operations: network.operations.filter(({ layer }) => layer >= from && layer < to),
    input: boundary(network, from),
    output: boundary(network, to),
  };
}

/** What top-level layer `layer` takes; past the last one, what the network yields. */
export function boundary({ boundaries }: Pick<LoweredNetwork, 'boundaries'>, layer: number): Value {
  const value = boundaries[layer];
  if (!value) throw new RangeError(`There is no layer ${layer}; the network has ${boundaries.length - 1}.`);
  return value;
}
