// The shapes that cross module borders: public ones first, in the order a user meets them. Types only, no code.

// ---------------------------------------------------------------- networks

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

// ------------------------------------------------------------------ inputs

/** A point of a stroke, [x, y], x to the right and y down, in any unit; what follows (time, pressure) is ignored. */
export type Point = readonly number[];

/** A stroke as pads give it: points as lists or objects, those in `points` relative to x and y if there are any. */
export type Stroke =
  | readonly Point[]
  | readonly { x: number; y: number }[]
  | { points: readonly (Point | { x: number; y: number })[]; x?: number; y?: number }
  | { x: readonly number[]; y: readonly number[] };

/** Pen strokes in the order they were drawn; drawn by handful itself, so no canvas is read back. */
export interface Strokes {
  strokes: readonly Stroke[];
}

/** Pixels without a DOM, for Node and for callers that decode pictures themselves: RGBA bytes, row by row. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

/** Values of the network's own input shape, flat, row by row, channels last: 0 to 1 as floats or 0 to 255 as bytes. */
export type Values = Float32Array | Float64Array | Uint8Array | Uint8ClampedArray | readonly number[];

/** Whatever shows a digit or a symbol. */
export type Input =
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLImageElement
  | HTMLVideoElement
  | ImageBitmap
  | ImageData
  | Pixels
  | Blob
  | Strokes
  | Values;

/** An example to learn from or to be measured on. */
export interface Sample {
  input: Input;
  label: string | number;
}

/** An example for regression. */
export interface RegressionSample {
  input: Input;
  /** What the network should answer, in any unit: one finite number for each output of its last layer. */
  target: number | ArrayLike<number>;
}

// ----------------------------------------------------------------- options

export type BackendName = 'wasm' | 'webgpu';

/** What training makes small: the softmax cross-entropy of logits (classification) or the squared error (regression). */
export type LossName = 'crossEntropy' | 'squaredError';

/** What a classifier runs on, and why. */
export interface BackendInfo {
  name: BackendName;
  /** Which SIMD the WASM path uses. */
  simd?: 'simd' | 'relaxed';
  /** Threads the WASM path uses. */
  threads?: number;
  /** The GPU behind WebGPU, as far as the browser tells. */
  adapter?: string;
  /** One sentence for people. */
  reason: string;
  /** Milliseconds of one training step of this model, where candidates were timed against each other. */
  timings?: Partial<Record<BackendName, number>>;
}

/** How far a long call has come. */
export interface Progress {
  phase: 'loading' | 'preparing' | 'training' | 'evaluating';
  /** 0 to 1 over the whole call, never falling. */
  fraction: number;
  /** Epochs finished, of `epochs`. */
  epoch?: number;
  epochs?: number;
  /** Mean training loss and accuracy of the epoch under way, or just finished; regression has no accuracy. */
  loss?: number;
  accuracy?: number;
  /**
   * The epochs up to now, of classifiers alone. They begin again where the weights that are kept learn from what was
   * held back too.
   */
  history?: EpochRecord[];
}

export interface CallOptions {
  /** Ends the call, which then rejects with `aborted`. */
  signal?: AbortSignal | undefined;
}

export interface LongCallOptions extends CallOptions {
  /** Told of the call's progress at most every 50 ms. What it throws, or rejects with, ends the call. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface LoadOptions extends LongCallOptions {
  /** Default `auto`: time the candidates on this very model and take the faster. */
  backend?: 'auto' | BackendName | undefined;
  /** A folder URL that holds `pretrained/`, if that does not lie beside the module's folder. */
  assetBase?: string | URL | undefined;
  /**
   * `true` (default in browsers): a worker of handful's own. `false` (always so in Node): the caller's thread. A
   * function: the caller makes the worker from `handful.worker.js`, for bundlers or policies that need it so.
   */
  worker?: boolean | (() => Worker) | undefined;
  /** For everything random: initial weights, shuffling, splits. Default 0. */
  seed?: number | undefined;
  /** The network of a weights file that does not name its own (a plain PyTorch state_dict). */
  spec?: Spec | undefined;
  /** One name a class. Default: those of the file, or '0', '1', … */
  labels?: readonly (string | number)[] | undefined;
  /** Default: that of the file, or by the input's shape. */
  preprocess?: { [name in keyof Preprocessing]?: Preprocessing[name] | undefined } | undefined;
  /** Default: that of the file, or `crossEntropy`. */
  loss?: 'crossEntropy' | undefined;
}

/** What makes `load` and `create` give a {@link Regressor}. */
export interface RegressorOptions extends Omit<LoadOptions, 'labels' | 'loss'> {
  loss: 'squaredError';
}

/** Optimizers in PyTorch's formulas and with its constants; `nesterov` is SGD with Nesterov's momentum. */
export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'rmsprop' | 'adagrad' | 'adadelta' | 'adam' | 'adamw';

/**
 * How the learning rate moves over the run: it stays, falls evenly or along half a cosine to 0, or (`one-cycle`, Smith
 * 2018) rises from a 25th in the first 30 % of the steps and then falls to 0, both along half a cosine.
 */
export type ScheduleName = 'constant' | 'linear' | 'cosine' | 'one-cycle';

/** How far ink may be changed at random; each example draws evenly between none and these, either way. */
export interface InkStrengths {
  /** Degrees. */
  rotation: number;
  /** Size, as a share: 0.1 is from 1 / 1.1 to 1.1 times. */
  scale: number;
  /** Width over height, as a share. */
  aspect: number;
  /** Slant: how far x moves per y. */
  shear: number;
  /** Pixels, along each axis. */
  shift: number;
  /** Root mean square of the smooth local displacement, pixels along each axis. */
  elastic: number;
  /** How far the edges of strokes move in or out, pixels. */
  thickness: number;
}

/** How far photos may be changed at random. */
export interface PhotoStrengths {
  /** Pixels padded on every side before a crop of the picture's own size. */
  crop: number;
  /** Probability of a mirrored picture. */
  flip: number;
  /** Share by which the light is multiplied. */
  brightness: number;
  /** Share of the distance of each value to the picture's mean. */
  contrast: number;
  /** Share of the distance of each colour to its grey. */
  saturation: number;
  /** Side of a square that is blanked, pixels (DeVries and Taylor 2017). */
  cutout: number;
}

/** What to change of the default strengths; only those that suit the kind of input are known. */
export type AugmentOptions = { [name in keyof (InkStrengths & PhotoStrengths)]?: number | undefined } & {
  /** Factor on everything that is random. Default 1; 0 leaves examples as they are. */
  strength?: number | undefined;
};

/** What is not given is chosen by the table of defaults in README, "Fine-tuning", which has a reason for each. */
export interface FineTuneOptions extends LongCallOptions {
  /**
   * Default: as many as make 300 steps, at most 30; 60 for fewer than five samples of each label; more for a new head, for
   * batch norm that reads most samples right already, and for a network that was never trained.
   */
  epochs?: number | undefined;
  /** Default 16; 8 for a network that was never trained. */
  batchSize?: number | undefined;
  /** `momentum` is SGD with momentum. Default `adam`; `adamw` for a network that was never trained. */
  optimizer?: OptimizerName | undefined;
  /** Of the first steps, or with `one-cycle` the greatest. Default: 0.001 for `adam`; see README. */
  learningRate?: number | undefined;
  /** For `momentum` and `nesterov`, default 0.9; and for `rmsprop`, default 0. As in PyTorch. */
  momentum?: number | undefined;
  /**
   * `rmsprop` divides by an estimate of the gradient's standard deviation, not of its root mean square (Graves 2013), as
   * in PyTorch. Default false.
   */
  centered?: boolean | undefined;
  /**
   * Share of the weights added to their gradients; with `adamw` (Loshchilov and Hutter 2017) weights shrink by
   * `learningRate` times it in each step instead. Default 0.01 for `adamw`, 0.1 if it was never trained; else 0.
   */
  weightDecay?: number | undefined;
  /** How the learning rate moves over the run. Default `cosine`; `one-cycle` for a network that was never trained. */
  schedule?: ScheduleName | undefined;
  /**
   * Share of each label's probability that all classes get alike (Szegedy et al. 2016). Default 0; 0.1 for a network
   * that was never trained.
   */
  labelSmoothing?: number | undefined;
  /**
   * Show the network a new random variant of a sample each time, for `ink` and `photo` inputs; `true` for the default
   * strengths. Samples held back are never varied. Default: `true` for a network that was never trained or has batch
   * norm, weaker for others, `false` if only the head learns.
   */
  augment?: boolean | AugmentOptions | undefined;
  /**
   * Which layers learn: `all`, the `head` alone, or the last n that have weights. Default `all`; 3 for fewer than five
   * samples of each label, and for a new head with fewer than 20; `head` for one sample and batch norm.
   */
  layers?: 'all' | 'head' | number | undefined;
  /**
   * Share of the samples held back, or the samples to validate on. Default: 0.2 if there are five of each label (50 for
   * a network that was never trained), else 0. Unless there are 200 of each label or a share was given, the weights that
   * are kept learn from what was held back too, after it has told that learning helps.
   */
  validation?: number | readonly Sample[] | undefined;
  /** Stop after so many epochs without a better validation score (accuracy, then loss). Default 0: never. */
  patience?: number | undefined;
  /**
   * The classes of the new head, in order. Default: see README, "New labels". One that has had no samples yet is masked:
   * its probability is 0 until it is taught.
   */
  labels?: readonly (string | number)[] | undefined;
  /**
   * `better` (default): keep tuned weights only if better on what was held back; where nothing was, or new labels were
   * taught, they are kept. `always`: keep them anyway.
   */
  keep?: 'better' | 'always' | undefined;
  /** For everything random: splits, shuffling, variants. Default: the one that the network was loaded with. */
  seed?: number | undefined;
}

/** Regression trains all layers, of samples as they are; targets may be of any size, since they are standardised. */
export interface RegressionOptions extends Omit<
  FineTuneOptions,
  'labels' | 'labelSmoothing' | 'augment' | 'layers' | 'validation'
> {
  /** Share of the samples held back, or the samples to validate on. Default: 0.2 of 20 samples or more, else 0. */
  validation?: number | readonly RegressionSample[] | undefined;
}

// ----------------------------------------------------------------- results

export interface Prediction {
  /** The most probable label; null if rejected. */
  label: string | null;
  /** The label's probability, 0 to 1; 0 if rejected. */
  confidence: number;
  /** In the order of `classifier.labels`; all 0 if rejected. */
  probabilities: number[];
  /** Why there is no label. `blank`: no ink. `unfamiliar`: unlike anything the network was taught. */
  rejected?: 'blank' | 'unfamiliar';
  /** What the network saw, if asked for. */
  image?: PreparedImage;
}

/** A prepared input before standardisation, values 0 to 1, row by row, channels last. */
export interface PreparedImage {
  width: number;
  height: number;
  channels: number;
  data: Float32Array;
}

export interface RegressOptions extends CallOptions {
  /** Also return what the network saw. Default `false`. */
  image?: boolean | undefined;
}

export interface PredictOptions extends RegressOptions {
  /** `false`: answer with a label even where the input is `unfamiliar`. Default `true`. */
  reject?: boolean | undefined;
}

/** What a regressor answers. */
export interface Regression {
  /** One for each output of the last layer, in the unit of the targets. */
  values: number[];
  /** What the network saw, if asked for. */
  image?: PreparedImage;
}

export interface Score {
  /** 0 to 1. */
  accuracy: number;
  /** Mean cross-entropy of the logits, in nats; confidence is calibrated only after them, by a temperature. */
  loss: number;
}

export interface Evaluation extends Score {
  samples: number;
  perClass: { label: string; samples: number; accuracy: number }[];
  /** confusion[truth][answer], counts, in the order of `classifier.labels`. */
  confusion: number[][];
  /** Indices into the samples given. */
  misclassified: number[];
}

export interface RegressionScore {
  /** Mean squared error over samples and outputs, in the targets' unit squared. */
  loss: number;
}

export interface RegressionEvaluation extends RegressionScore {
  samples: number;
}

/** One epoch of training; the validation figures are there if something was held back. */
export interface EpochRecord extends Score {
  /** From 1. */
  epoch: number;
  learningRate: number;
  validationLoss?: number;
  validationAccuracy?: number;
  seconds: number;
}

export interface FineTuneReport {
  kept: 'tuned' | 'original';
  /** The weights before and after, on what was held back, or on the training samples if nothing was. */
  before: Score;
  after: Score;
  /** What `before` and `after` were measured on, and how many samples of it. */
  measuredOn: 'validation' | 'training';
  measuredSamples: number;
  /** Whether the head kept its classes, or some of them; was widened by new ones; or was replaced. */
  head: 'kept' | 'extended' | 'replaced';
  /** Which layers were to learn. */
  layers: 'all' | 'head' | number;
  labels: string[];
  /** Why training ended. */
  stopped: 'finished' | 'early' | 'diverged';
  /** The epoch whose weights were restored, from 1; 0 is the start. */
  bestEpoch: number;
  history: EpochRecord[];
  seconds: number;
  /** What a person should know about all this, in a sentence or two. */
  note: string;
}

/** One epoch of regression. */
export type RegressionEpoch = Omit<EpochRecord, 'accuracy' | 'validationAccuracy'>;

export interface RegressionReport extends Omit<
  FineTuneReport,
  'before' | 'after' | 'head' | 'layers' | 'labels' | 'history'
> {
  /** The weights before and after, on what was held back, or on the training samples if nothing was. */
  before: RegressionScore;
  after: RegressionScore;
  history: RegressionEpoch[];
}
