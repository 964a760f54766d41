import { HandfulError, toHandfulError } from '../../../errors.js';
import { hasRelaxedSimd, hasThreads } from '../features.js';
import type { KernelName } from '../kernel-call.js';
import type { KernelExports } from '../kernels.js';
import { kernelBinary } from '../variants.js';
import { createHeap } from './heap.js';
import type { Heap } from './heap.js';
import { startPool } from './threads/thread-pool.js';
import type { ThreadPool } from './threads/thread-pool.js';

/** A function of the assembly: numbers are byte addresses, sizes and flags (see assembly/README.md). */
export type KernelFunction = (...args: number[]) => unknown;

/** Our kernels on a heap of their own, and the threads that run them. */
export interface Engine {
  readonly heap: Heap;
  readonly exports: KernelExports;
  /** A kernel, and the index by which programs in memory refer to it. */
  kernel(name: KernelName): { readonly run: KernelFunction; readonly index: number };
  readonly simd: 'simd' | 'relaxed';
  /** Threads beside the caller's, once they have started. */
  readonly pool: ThreadPool | undefined;
  /** Those that run programs by now. */
  readonly threads: number;
  /** Those that it is meant to have: fewer once some could not be started. */
  readonly expected: number;
  /** Starts the other threads, once, and resolves when they are there, or cannot be had. */
  startThreads(): Promise<void>;
  stop(): void;
}

// More threads than this wait for each other longer than they save on networks of this size; phones have about as many
// fast cores.
const MOST_THREADS = 4;

/**
 * An engine with one thread, which answers at once; others come when they are asked for.
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
  const { exports } = await WebAssembly.instantiate(module, { env: { memory: heap.memory } });
  const functions = Object.entries(exports as Record<string, KernelFunction>);
  const kernels = new Map(functions.map(([name, run], index) => [name, { run, index }]));
  let pool: ThreadPool | undefined;
  let expected = heap.isShared ? wanted : 1;
  let isStopped = false;
  let starting: Promise<void> | undefined;
  const start = async () => {
    if (expected === 1 || isStopped) return;
    const started = await startPool(heap, module, functions, wanted);
    if (isStopped) return started?.stop();
    pool = started;
    expected = started?.threads ?? 1;
  };
  return {
    heap,
    exports: exports as KernelExports,
    kernel(name) {
      const kernel = kernels.get(name);
      if (!kernel) throw new Error(`The assembly does not export ${name}.`);
      return kernel;
    },
    simd: hasRelaxedSimd() ? 'relaxed' : 'simd',
    get pool() {
      return pool;
    },
    get threads() {
      return pool?.threads ?? 1;
    },
    get expected() {
      return expected;
    },
    startThreads: () => (starting ??= start()),
    stop() {
      isStopped = true;
      pool?.stop();
    },
  };
}

function compile(binary: Uint8Array): Promise<WebAssembly.Module> {
  return WebAssembly.compile(binary as BufferSource).catch((cause: unknown) => {
    const why = toHandfulError(cause).message;
    throw new HandfulError('backend-unavailable', `WebAssembly does not compile here: ${why}`, { cause });
  });
}
