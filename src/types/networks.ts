// What a network is made of, as plain data.

/** An element-wise non-linearity applied to a layer's output; `sigmoid` is the logistic one. */
export type Activation = 'relu' | 'sigmoid' | 'tanh';

/** 2-D convolution with a square kernel; weights are [kernel, kernel, in, filters] in memory. */
export interface Conv2dLayer {
  type: 'conv2d';
  /** Prefix of the layer's names in a PyTorch state_dict: `conv1` has `conv1.weight` and `conv1.bias`. */
  name: string;
  filters: number;
  kernel: number;
  /** Default 1. */
  stride?: number;
  /** Zeros added on every side. Default 0. */
  padding?: number;
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

/** Max or average pooling with square windows; `stride` defaults to `size`. Rows that fill no window are dropped. */
export interface PoolLayer {
  type: 'maxPool' | 'avgPool';
  size: number;
  stride?: number;
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

export type Layer =
  Conv2dLayer | DenseLayer | BatchNormLayer | PoolLayer | GlobalAvgPoolLayer | FlattenLayer | ResidualLayer;

/** A network as plain, serialisable data. Its last layer is a dense one that yields the logits, one per label. */
export interface Spec {
  name: string;
  /** One example without the batch axis: [H, W, C] or [features]. */
  input: number[];
  layers: Layer[];
}

/**
 * How a picture becomes the network's input; values are standardised last, as (value - mean) / std per channel, or per
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
}
