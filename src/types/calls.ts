// What calls take, and what a classifier then runs on.

import type { Sample } from './inputs.js';
import type { Preprocessing, Spec } from './networks.js';
import type { EpochRecord } from './results.js';

export interface CallOptions {
  /** Ends the call, which then rejects with `aborted`. */
  signal?: AbortSignal | undefined;
}

/** `safetensors` is handful's own; `onnx` and `tfjs`, TensorFlow.js's layers model, are for others to run. */
export type ExportFormat = 'safetensors' | 'onnx' | 'tfjs';

export interface ExportOptions extends CallOptions {
  /** Default `safetensors`, which alone keeps all that the network knows. */
  format?: ExportFormat | undefined;
}

export interface RegressionPredictOptions extends CallOptions {
  /** Also return what the network saw. Default `false`. */
  image?: boolean | undefined;
}

export interface PredictOptions extends RegressionPredictOptions {
  /** `false`: answer with a label even where the input is `unfamiliar`. Default `true`. */
  reject?: boolean | undefined;
}

/** What `read` takes. */
export interface ReadOptions extends CallOptions {
  /**
   * What there may be: some of the classifier's labels, and `-`, `.` and `,`, which are told by their place and shape.
   * A string, each of whose characters is one, or a list. Default: all labels, and no marks.
   */
  alphabet?: string | readonly (string | number)[] | undefined;
  /** There may be several lines. Default `false`: all is one line. */
  lines?: boolean | undefined;
  /** How many characters a line has, as in a form or a PIN. Default: as many as there seem to be. */
  cells?: number | undefined;
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

export interface LongCallOptions extends CallOptions {
  /** Told of the call's progress at most every 50 ms. What it throws, or rejects with, ends the call. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

export type BackendName = 'wasm' | 'webgpu';

/** Kinds of calls, each of which runs on what is faster for it; `evaluate` and what else answers many go with `predictBatch`. */
export type BackendUse = 'predict' | 'predictBatch' | 'fineTune';

/** What a classifier runs on, and why. */
export interface BackendInfo {
  /** What answers one input. */
  name: BackendName;
  /** What each kind of call runs on. */
  uses: Record<BackendUse, BackendName>;
  /** Which SIMD the WASM path uses. */
  simd?: 'simd' | 'relaxed';
  /** Threads the WASM path uses. */
  threads?: number;
  /** The GPU behind WebGPU, as far as the browser tells. */
  adapter?: string;
  /** In words for people. */
  reason: string;
  /**
   * Milliseconds, where WebGPU was timed against WASM on this network: for an answer to one input, for answers to 64 at
   * once, and for an epoch of ten training steps.
   */
  timings?: Partial<Record<BackendUse, Record<BackendName, number>>>;
}

/** A `GPUDevice`, told by what it has, so that TypeScript needs no types of WebGPU for it. */
export interface WebGpuDevice {
  readonly limits: object;
  readonly queue: object;
  readonly lost: Promise<unknown>;
  createBuffer(descriptor: never): object;
}

/** What training makes small: the softmax cross-entropy of logits (classification) or the squared error (regression). */
export type LossName = 'crossEntropy' | 'squaredError';

/** What `create` takes. */
export interface CreateOptions extends LongCallOptions {
  /**
   * Default `auto`: WASM at once, and WebGPU in its place for what it has proved faster at, at least by a third, in a
   * trial of this very network that runs in the background after the first answer.
   */
  backend?: 'auto' | BackendName | undefined;
  /**
   * A WebGPU device of the page's own, such as TensorFlow.js's, to be used in the place of one of handful's. It stays the
   * caller's, who destroys it. It cannot be sent to a worker: needs `worker: false`.
   */
  device?: WebGpuDevice | undefined;
  /**
   * `true` (default in browsers): a worker of handful's own. `false` (always so in Node): the caller's thread. A
   * function: the caller makes the worker from `handful.worker.js`, for bundlers or policies that need it so.
   */
  worker?: boolean | (() => Worker) | undefined;
  /**
   * Default true: if the worker dies, as when a phone takes its memory back, the next call starts another with what was
   * learned, of which the page keeps a copy. `false` saves that memory; calls then go on rejecting with `worker`.
   */
  recover?: boolean | undefined;
  /** For everything random: initial weights, shuffling, splits. Default 0. */
  seed?: number | undefined;
  /** One name a class. Default: those of the file, or '0', '1', … */
  labels?: readonly (string | number)[] | undefined;
  /** Default: that of the file, or by the input's shape. */
  preprocess?: { [name in keyof Preprocessing]?: Preprocessing[name] | undefined } | undefined;
  /** Default: that of the file, or `crossEntropy`. */
  loss?: 'crossEntropy' | undefined;
}

/** What `load` takes. */
export interface LoadOptions extends CreateOptions {
  /** A folder URL that holds `pretrained/`, if that does not lie beside the module's folder. */
  assetBase?: string | URL | undefined;
  /** The network of a weights file that does not name its own (a plain PyTorch state_dict). */
  spec?: Spec | undefined;
  /**
   * Ten or so labelled samples, at most 100, by which `load` chooses among the usual ways to prepare inputs where the file
   * does not say, as a bare state_dict does not: the classifier's `notes` tell which and how well it reads them.
   */
  probe?: readonly Sample[] | undefined;
}

/** What makes `load` and `create` give a {@link Regressor}. */
export interface RegressionLoadOptions extends Omit<LoadOptions, 'labels' | 'loss' | 'probe'> {
  loss: 'squaredError';
}

/** What `create` takes for a {@link Regressor}. */
export type RegressionCreateOptions = Omit<RegressionLoadOptions, 'assetBase' | 'spec'>;
