// What a network is made of, as plain data.

/**
 * An element-wise non-linearity applied to a layer's output. `sigmoid` is the logistic one; `leakyRelu` has the slope 0.01
 * below 0 (an {@link ActivationLayer} may have another); `gelu` is the exact one, `geluTanh` its usual approximation.
 */
export type Activation = 'relu' | 'sigmoid' | 'tanh' | 'leakyRelu' | 'gelu' | 'geluTanh' | 'silu';

/**
 * What surrounds an image: so many rows or columns on every side; on each side by itself; or, as TensorFlow has them by
 * `same`, as many as it takes for an output of the input's size divided by the stride, the odd one below and on the right.
 */
export type Padding = number | readonly [top: number, bottom: number, left: number, right: number] | 'same';

/** 2-D convolution with a square kernel; weights are [kernel, kernel, in, filters] in memory. */
export interface Conv2dLayer {
  type: 'conv2d';
  /** Prefix of the layer's names in a PyTorch state_dict: `conv1` has `conv1.weight` and `conv1.bias`. */
  name: string;
  filters: number;
  kernel: number;
  /** Default 1. */
  stride?: number;
  /** Of zeros. Default 0. */
  padding?: Padding;
  /** Default true. */
  bias?: boolean;
  activation?: Activation;
}

/**
 * 2-D convolution of each channel by itself, as PyTorch's with as many groups as channels; weights are
 * [kernel, kernel, 1, in · multiplier] in memory, the filters of one channel side by side.
 */
export interface DepthwiseConv2dLayer {
  type: 'depthwiseConv2d';
  name: string;
  kernel: number;
  /** Filters for each channel. Default 1. */
  multiplier?: number;
  /** Default 1. */
  stride?: number;
  /** Of zeros. Default 0. */
  padding?: Padding;
  /** Default true. */
  bias?: boolean;
  activation?: Activation;
}

/** Fully connected layer; weights are [in, units] in memory. */
export interface DenseLayer {
  type: 'dense';
  name: string;
  units: number;
  /** Default true. */
  bias?: boolean;
  activation?: Activation;
}

/** Batch normalisation over the last axis: batch statistics in training, running ones in inference. */
export interface BatchNormLayer {
  type: 'batchNorm';
  name: string;
  /** Weight of the newest batch in the running statistics, as PyTorch defines it. Default 0.1. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  epsilon?: number;
  activation?: Activation;
}

/** Max or average pooling; `stride` defaults to `size`. Rows that fill no window are dropped. */
export interface PoolLayer {
  type: 'maxPool' | 'avgPool';
  /** Of a window; one number for both. */
  size: number | readonly [height: number, width: number];
  stride?: number | readonly [height: number, width: number];
  /** What it adds is part of no maximum and no average. Default 0. */
  padding?: Padding;
}

/** [N, H, W, C] to [N, C], the mean over height and width. */
export interface GlobalAvgPoolLayer {
  type: 'globalAvgPool';
}

/** [N, H, W, C] to [N, H·W·C], channels fastest. */
export interface FlattenLayer {
  type: 'flatten';
}

/** activation(body(x) + shortcut(x)); without `shortcut` the input itself is added. */
export interface ResidualLayer {
  type: 'residual';
  body: Layer[];
  shortcut?: Layer[];
  activation?: Activation;
}

/** activation(the sum of what all branches make of x); a branch without layers is x itself. */
export interface AddLayer {
  type: 'add';
  /** Two or more. */
  branches: Layer[][];
  activation?: Activation;
}

/** A non-linearity by itself. */
export interface ActivationLayer {
  type: 'activation';
  activation: Activation;
  /** Of `leakyRelu` below 0. Default 0.01. */
  slope?: number;
}

/**
 * In training, each value is zeroed with the probability `rate`, and the others are divided by 1 - rate; below the first
 * layer that learns, and otherwise, values stay as they are.
 */
export interface DropoutLayer {
  type: 'dropout';
  /** From 0, and below 1. */
  rate: number;
}

export type Layer =
  | Conv2dLayer
  | DepthwiseConv2dLayer
  | DenseLayer
  | BatchNormLayer
  | ActivationLayer
  | DropoutLayer
  | PoolLayer
  | GlobalAvgPoolLayer
  | FlattenLayer
  | ResidualLayer
  | AddLayer;

/** A network as plain, serialisable data. Its last layer is a dense one that yields the logits, one per label. */
export interface Spec {
  name: string;
  /** One example without the batch axis: [H, W, C] or [features]. */
  input: number[];
  layers: Layer[];
}

/**
 * How an input becomes the network's; values from 0 to 1 are standardised last, as (value - mean) / std per channel, or per
 * feature where the input is [features] and the kind `none`.
 */
export interface Preprocessing {
  /**
   * `ink`: find the ink, crop, fit and centre it as MNIST was made (input [28, 28, 1] or [784]).
   * `photo`: centre-crop to a square and resize. `none`: only typed arrays of the input's own shape.
   */
  kind: 'ink' | 'photo' | 'none';
  mean: number[];
  std: number[];
  /** Of `ink` and `photo`: light and dark change places, as in networks that read dark ink on light. Default false. */
  invert?: boolean;
  /**
   * Of `ink`: false takes the whole picture, its ink at the size and place where it was drawn. Strokes, which have no
   * edge around them, are fitted all the same. Default true.
   */
  fit?: boolean;
  /** Of `photo` in colour, as OpenCV reads them; `mean` and `std` are in this order too. Default `rgb`. */
  order?: 'rgb' | 'bgr';
}
