import type { Engine } from './engine.js';
import { BARRIER, END } from './pool.js';

/** A kernel by name, with addresses, sizes and flags. */
export type Call = readonly [kernel: string, ...args: number[]];

/** Calls with fixed addresses, ready to be run again and again. */
export interface Program {
  run(): void;
  /** Frees the memory it works on. */
  dispose(): void;
}

let serial = 0;

/**
 * @param phases Phase by phase, thread by thread: the calls of each.
 * @param free Frees what the calls refer to.
 */
export function createProgram(engine: Engine, phases: readonly (readonly Call[])[][], free: () => void): Program {
  const { exports, heap, pool } = engine;
  const shared = pool && phases.some((phase) => phase.slice(1).some((calls) => calls.length > 0));
  if (!shared) {
    const calls = phases.flat(2).map(([kernel, ...args]) => ({ kernel: exports[kernel]!, args }));
    return {
      run() {
        for (const { kernel, args } of calls) kernel(...args);
      },
      dispose: free,
    };
  }

  // One list for each thread: calls as [kernel, number of arguments, …arguments], and a barrier after each phase.
  const lists = Array.from({ length: pool.threads }, (_, thread) => [
    ...phases.flatMap((phase) => [
      ...(phase[thread] ?? []).flatMap(([kernel, ...args]) => [engine.kernels.indexOf(kernel), args.length, ...args]),
      BARRIER,
    ]),
    END,
  ]);
  // At `table`: a number of the program's own, where each thread's list begins, the lists.
  const start = lists.length + 1;
  const length = start + lists.reduce((sum, list) => sum + list.length, 0);
  const table = heap.allocate(2 * length);
  const words = heap.doubles(table, length);
  words[0] = ++serial;
  lists.reduce((at, list, thread) => {
    words[thread + 1] = at;
    words.set(list, at);
    return at + list.length;
  }, start);
  return {
    run: () => pool.run(table),
    dispose() {
      heap.free(table);
      free();
    },
  };
}
