import { HandfulError, toHandfulError } from '../../../errors.js';
import { hasRelaxedSimd, hasThreads } from '../features.js';
import { kernelBinary } from '../variants.js';
import { createHeap } from './heap.js';
import type { Heap } from './heap.js';
import { startPool } from './thread-pool.js';
import type { Pool } from './thread-pool.js';

/** The assembly's exports: numbers are byte addresses, sizes and flags (see assembly/README.md). */
export type Exports = Record<string, (...args: number[]) => number>;

/** Our kernels on a heap of their own, and the threads that run them. */
export interface Engine {
  readonly heap: Heap;
  readonly exports: Exports;
  /** Their names, in the order by which programs refer to them. */
  readonly kernels: readonly string[];
  readonly pool: Pool | undefined;
  readonly threads: number;
  readonly simd: 'simd' | 'relaxed';
  stop(): void;
}

// More threads than this wait for each other longer than they save on networks of this size; phones have about as many
// fast cores.
const MOST_THREADS = 4;

/**
 * @param most Threads at most; default: as many as there are cores, up to four. There is one without isolation.
 * @throws {HandfulError} `backend-unavailable` where the page's policy forbids WebAssembly.
 */
export async function startEngine(most?: number): Promise<Engine> {
  // Pages may not wait, only workers may.
  const mayWait = hasThreads() && typeof document === 'undefined' && typeof Worker === 'function';
  const cores = Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1);
  const wanted = mayWait ? Math.max(1, most ?? cores) : 1;
  const heap = createHeap(wanted > 1);
  const module = await compile(kernelBinary(heap.isShared));
  const instance = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  const exports = instance.exports as Exports;
  const pool = heap.isShared ? await startPool(heap, module, exports, wanted) : undefined;
  return {
    heap,
    exports,
    kernels: Object.keys(exports),
    pool,
    threads: pool?.threads ?? 1,
    simd: hasRelaxedSimd() ? 'relaxed' : 'simd',
    stop: () => pool?.stop(),
  };
}

function compile(binary: Uint8Array): Promise<WebAssembly.Module> {
  return WebAssembly.compile(binary as BufferSource).catch((cause: unknown) => {
    const why = toHandfulError(cause).message;
    throw new HandfulError('backend-unavailable', `WebAssembly does not compile here: ${why}`, { cause });
  });
}
