// What a host of networks can do, and the shapes of what crosses to it, in a worker or not. Types only.

import type { OptionRules } from '../common/option-rules.js';
import type { TuneOptions } from '../training/plans/task.js';
import type {
  BackendInfo,
  BackendName,
  Evaluation,
  ExportFormat,
  FineTuneReport,
  LossName,
  Point,
  Prediction,
  PredictOptions,
  Preprocessing,
  Progress,
  Reading,
  ReadOptions,
  RegressionPrediction,
  RegressionEvaluation,
  RegressionReport,
  Spec,
} from '../types.js';

/** Inputs after the page has taken them out of the DOM: all of it can be cloned, the pixels transferred. */
export type WireInput =
  | { kind: 'bitmap'; bitmap: ImageBitmap }
  | { kind: 'blob'; blob: Blob }
  | { kind: 'pixels'; data: Uint8ClampedArray; width: number; height: number }
  | { kind: 'strokes'; strokes: readonly (readonly Point[])[] }
  | { kind: 'values'; data: Float32Array }
  // For a host in this thread alone.
  | { kind: 'buffer'; buffer: GPUBuffer };

/** A sample, with what the network should answer. */
export interface WireSample {
  input: WireInput;
  /** A classifier's. */
  label?: string;
  /** A regressor's: one number for each of its outputs. */
  target?: number[];
}

export type Source =
  | { kind: 'pretrained'; id: string }
  | { kind: 'url'; url: string }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'files'; files: File[] }
  | { kind: 'spec'; spec: Spec };

export interface OpenOptions {
  backend: 'auto' | BackendName;
  /** For a host in this thread alone. */
  device?: GPUDevice;
  seed: number;
  assetBase?: string;
  spec?: Spec;
  labels?: string[];
  preprocess?: Partial<Preprocessing>;
  loss?: LossName;
  /** Tell by which preprocessing the network reads, where its file does not say. */
  probe?: WireSample[];
  /** Whether what learning yields comes with its file. */
  recover?: boolean;
}

/** What `predict` takes, beside a signal. */
export type AskOptions = Omit<PredictOptions, 'signal'>;

/** What `read` takes, beside a signal. */
export type ReadingOptions = Omit<ReadOptions, 'signal' | 'alphabet'> & { alphabet?: string[] };

/** What `fineTune` takes, beside a signal and a callback; validation samples are decoded by the host too. */
export type TeachOptions = Omit<TuneOptions, 'validation'> & { validation?: number | WireSample[] | undefined };

/** What the options of calls take, beside those of every call. */
export interface CallRules {
  predict: OptionRules;
  read: OptionRules;
  fineTune: OptionRules;
  export: OptionRules;
}

/** What the page knows of the network on the other side. */
export interface NetworkInfo {
  spec: Spec;
  labels: string[];
  preprocess: Preprocessing;
  loss: LossName;
  /** Numbers that one answer has: logits, one a class, or values. */
  outputs: number;
  /** How many of them learn. */
  parameters: number;
  backend: BackendInfo;
  /** Checked by the page, before it takes inputs out of the DOM. */
  options: CallRules;
  /** What was assumed where the file did not say, and how well that reads a probe. */
  notes: string[];
}

/** Told of progress; a host that is about to do what cannot be undone waits for it. */
export type ProgressCallback = (progress: Progress) => void | Promise<void>;

/** What comes with every call, beside what it is about. */
export interface Call {
  signal?: AbortSignal | undefined;
  onProgress?: ProgressCallback | undefined;
  /** What of the arguments may be moved to the host instead of copied. */
  transfer?: Transferable[] | undefined;
}

/** What a call yields, with what the network is since then. */
export interface Told<T> {
  result: T;
  info: Partial<NetworkInfo>;
  /** There if it is another network now: as one .safetensors file, if that was asked for. */
  file?: Uint8Array | undefined;
}

/** The calls of a host, which run one after another in the order they came; `open` comes first. */
export interface HostApi {
  /** @param learned A file of what the network learned since, which it begins with; `reset` returns to the source. */
  open(call: Call, source: Source, options: OpenOptions, learned?: Uint8Array): Promise<NetworkInfo>;
  // What these take and answer is as the network's loss has it.
  predict(call: Call, inputs: WireInput[], options: AskOptions): Promise<Told<Prediction[] | RegressionPrediction[]>>;
  /** @param inputs One. */
  read(call: Call, inputs: WireInput[], options: ReadingOptions): Promise<Told<Reading>>;
  evaluate(call: Call, samples: WireSample[]): Promise<Told<Evaluation | RegressionEvaluation>>;
  fineTune(call: Call, samples: WireSample[], options: TeachOptions): Promise<Told<FineTuneReport | RegressionReport>>;
  /** A copy of all weights by name, each flat, in PyTorch's layout. */
  weights(call: Call): Promise<Record<string, Float32Array>>;
  /** @param weights The same, not checked yet. */
  setWeights(call: Call, weights: object): Promise<Told<void>>;
  /** Back to the model that was opened. */
  reset(call: Call): Promise<Told<void>>;
  /** One whole file, by default a .safetensors one. */
  export(call: Call, format?: ExportFormat): Promise<Uint8Array>;
}

export type CallName = keyof HostApi;
export type CallArguments<N extends CallName> = Parameters<HostApi[N]> extends [Call, ...infer Own] ? Own : never;
export type CallResult<N extends CallName> = Awaited<ReturnType<HostApi[N]>>;
