import type { KernelName } from '../kernel-call.js';
import type { Engine } from './engine.js';
import { fasterWay } from './threads/faster-way.js';
import type { ThreadPool } from './threads/thread-pool.js';
import { BARRIER, END } from './threads/thread-pool.js';

/** A kernel call with its arguments in order. */
export interface PlacedCall {
  readonly kernel: KernelName;
  readonly args: readonly number[];
}

/** Calls with fixed addresses, ready to be run again and again. */
export interface Program {
  run(): void;
  /** Frees the memory it works on. */
  dispose(): void;
}

let programs = 0; // as many as were ever made, which numbers them

/**
 * @param phases Phase by phase, thread by thread: the calls of each.
 * @param free Frees what the calls refer to.
 */
export function createProgram(
  engine: Engine,
  phases: readonly (readonly (readonly PlacedCall[])[])[],
  free: () => void,
): Program {
  const { pool } = engine;
  const calls = phases.flat(2).map(({ kernel, args }) => ({ run: engine.kernel(kernel).run, args }));
  const alone = () => {
    for (const { run, args } of calls) run(...args);
  };
  const isShared = phases.some((phase) => phase.slice(1).some((calls) => calls.length > 0));
  if (!pool || !isShared) return { run: alone, dispose: free };

  const table = writeTable(engine, pool, phases);
  const program = ++programs;
  // Both ways make the same calls on the same shards, so the results are the same, bit for bit.
  const either = fasterWay([() => pool.run(program, table), alone]);
  return {
    run: () => (pool.isBroken ? alone() : either()),
    dispose() {
      engine.heap.free(table);
      free();
    },
  };
}

/**
 * Puts a program into memory for all threads: where each thread's list begins, then the lists. In a list a call is
 * [kernel, number of arguments, …arguments], and a barrier follows each phase.
 */
function writeTable(
  { heap, kernel: kernelOf }: Engine,
  { threads }: ThreadPool,
  phases: readonly (readonly (readonly PlacedCall[])[])[],
): number {
  const lists = Array.from({ length: threads }, (_, thread) => [
    ...phases.flatMap((phase) => [
      ...(phase[thread] ?? []).flatMap(({ kernel, args }) => [kernelOf(kernel).index, args.length, ...args]),
      BARRIER,
    ]),
    END,
  ]);
  const length = lists.reduce((sum, list) => sum + list.length, lists.length);
  const table = heap.allocate(2 * length);
  const words = heap.doubles(table, length);
  let at = lists.length;
  for (const [thread, list] of lists.entries()) {
    words[thread] = at;
    words.set(list, at);
    at += list.length;
  }
  return table;
}
