// What networks look at, and examples to learn from.

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

/**
 * Values on a GPU: a `GPUBuffer` of 32-bit floats that can be copied from (`COPY_SRC`), of the device given as `device`, such
 * as `tensor.dataToGPU().buffer` of TensorFlow.js. `predict` and `predictBatch` take it, and leave it as it is.
 */
export interface WebGpuBuffer {
  readonly size: number;
  readonly usage: number;
  destroy(): void;
}

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
  | WebGpuBuffer
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
