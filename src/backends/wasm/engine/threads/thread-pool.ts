import type { Heap } from '../heap.js';
import { createThread } from './thread.js';

/** Threads that run programs together with the one that made them. */
export interface ThreadPool {
  /** All of them. */
  readonly threads: number;
  /** A run failed, or it was stopped: its threads may be anywhere in a program, so it must not be used again. */
  readonly isBroken: boolean;
  /** Runs a program, by its number and the address of its lists, in all threads; returns when it is done. */
  run(program: number, table: number): void;
  stop(): void;
}

// In a program's words, in the place of a kernel's index: threads wait for each other; the list ends.
export const BARRIER = -1;
export const END = -2;

// Milliseconds in which a thread has to start; one thread alone does as well.
const PATIENCE = 10_000;

// Its own source text, so that there is no file that a bundler could lose.
const source = `onmessage = ({ data: { module, memory, names, control, thread, threads } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { serve } = (${createThread})(memory, names.map((name) => exports[name]), control, thread, threads);
  postMessage('ready');
  serve();
};`;

/**
 * Starts `threads - 1` workers on a shared heap; undefined where the page's policy or the device does not let it.
 * @param functions Of the module, in the order in which programs number them.
 */
export async function startPool(
  heap: Heap,
  module: WebAssembly.Module,
  functions: readonly (readonly [name: string, run: (...args: number[]) => unknown])[],
  threads: number,
): Promise<ThreadPool | undefined> {
  const names = functions.map(([name]) => name);
  const control = heap.allocate(16);
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const workers: Worker[] = [];
  try {
    const ready = Array.from({ length: threads - 1 }, (_, i) => {
      const worker = new Worker(url, { name: `handful thread ${i + 1}` });
      workers.push(worker);
      worker.postMessage({ module, memory: heap.memory, names, control, thread: i + 1, threads });
      return new Promise<void>((resolve, reject) => {
        worker.onmessage = () => resolve();
        worker.onmessageerror = () => reject(new Error('A thread could not read what it was sent.'));
        setTimeout(() => reject(new Error('A thread did not start.')), PATIENCE);
        worker.onerror = (event) => {
          event.preventDefault(); // or it would be an error of this worker too
          reject(new Error(event.message));
        };
      });
    });
    await Promise.all(ready);
  } catch {
    workers.forEach((worker) => worker.terminate());
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
  const kernels = functions.map(([, run]) => run);
  const own = createThread(heap.memory, kernels, control, 0, threads);
  let isBroken = false;
  const stop = () => {
    isBroken = true;
    workers.forEach((worker) => worker.terminate());
  };
  return {
    threads,
    get isBroken() {
      return isBroken;
    },
    run(program, table) {
      try {
        own.run(program, table);
      } catch (error) {
        stop();
        throw error;
      }
    },
    stop,
  };
}
