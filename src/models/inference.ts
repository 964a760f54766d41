import { boundary } from '../backends/operations.js';
import { throwIfAborted } from '../errors.js';
import type { Network } from './network.js';
import { pause } from '../common/pause.js';
import { sizeOf } from '../common/shapes.js';

export interface InferOptions {
  /** First and one past the last top-level layer to run. Default: all, which yields logits. */
  from?: number;
  to?: number;
  signal?: AbortSignal | undefined;
  /** Called after each batch with the share that is done. */
  onProgress?: ((fraction: number) => void) | undefined;
}

/** Examples that run at once: enough to amortise a call, few enough that an abort is heard soon. */
export const BATCH = 64;

/**
 * Runs a network over many examples, in batches.
 * @param inputs [N, ...], flat, as layer `from` takes them; a buffer of the network's device has one batch at most.
 * @returns What layer `to` yields, [N, ...], flat.
 * @throws {HandfulError} `aborted` or `backend-lost`.
 */
export async function infer(
  network: Network,
  inputs: Float32Array | GPUBuffer,
  options: InferOptions = {},
): Promise<Float32Array> {
  const { from = 0, to = network.architecture.shapes.length, signal, onProgress } = options;
  const length = sizeOf(boundary(network.architecture, from).shape);
  const width = sizeOf(boundary(network.architecture, to).shape);
  if (!(inputs instanceof Float32Array)) {
    throwIfAborted(signal);
    return network.infer(inputs, inputs.size / Float32Array.BYTES_PER_ELEMENT / length, from, to);
  }
  const count = inputs.length / length;
  const outputs = new Float32Array(count * width);
  for (let start = 0; start < count; start += BATCH) {
    throwIfAborted(signal);
    const n = Math.min(BATCH, count - start);
    outputs.set(await network.infer(inputs.subarray(start * length, (start + n) * length), n, from, to), start * width);
    onProgress?.((start + n) / count);
    if (start + n < count) await pause();
  }
  return outputs;
}
