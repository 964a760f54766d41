// What crosses between the page and the host of the network, in a worker or not. Types only.

import type {
  BackendInfo,
  BackendName,
  Evaluation,
  FineTuneReport,
  Point,
  Prediction,
  Preprocessing,
  Progress,
  Spec,
} from '../types.js';
import type { TuneOptions } from '../training/plans/task.js';

/** Inputs after the page has taken them out of the DOM: all of it can be cloned, the pixels transferred. */
export type WireInput =
  | { kind: 'bitmap'; bitmap: ImageBitmap }
  | { kind: 'blob'; blob: Blob }
  | { kind: 'pixels'; data: Uint8ClampedArray; width: number; height: number }
  | { kind: 'strokes'; strokes: readonly (readonly Point[])[] }
  | { kind: 'values'; data: Float32Array };

export interface WireSample {
  input: WireInput;
  label: string;
}

export type Source =
  | { kind: 'pretrained'; id: string }
  | { kind: 'url'; url: string }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'spec'; spec: Spec };

export interface OpenOptions {
  backend: 'auto' | BackendName;
  seed: number;
  assetBase?: string;
  spec?: Spec;
  labels?: string[];
  preprocess?: Partial<Preprocessing>;
}

/** What the page knows of the network on the other side. */
export interface ClassifierInfo {
  spec: Spec;
  labels: string[];
  preprocess: Preprocessing;
  parameters: number;
  backend: BackendInfo;
}

/** Absent where the caller gave none. What it throws, or rejects with, ends its call. */
export type ProgressCallback = ((progress: Progress) => void | Promise<void>) | undefined;

/**
 * The calls of a host. They run one after another, in the order they came; `abort` and `dispose` run at once. Each has
 * an id, by which it can be aborted, and a callback, which Comlink carries only as an argument of its own.
 */
export interface HostApi {
  open(id: number, onProgress: ProgressCallback, source: Source, options: OpenOptions): Promise<ClassifierInfo>;
  predict(
    id: number,
    onProgress: ProgressCallback,
    inputs: WireInput[],
    options: { image: boolean; reject: boolean },
  ): Promise<Prediction[]>;
  evaluate(id: number, onProgress: ProgressCallback, samples: WireSample[]): Promise<Evaluation>;
  fineTune(
    id: number,
    onProgress: ProgressCallback,
    samples: WireSample[],
    options: TuneOptions,
    validation: WireSample[] | undefined,
  ): Promise<{ report: FineTuneReport; info: ClassifierInfo }>;
  reset(id: number, onProgress: ProgressCallback): Promise<ClassifierInfo>;
  /** One whole .safetensors file. */
  export(id: number, onProgress: ProgressCallback): Promise<Uint8Array>;
  abort(id: number): void;
  dispose(): void;
}
