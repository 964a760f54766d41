import type { Engine } from './engine.js';
import { BARRIER, END } from './thread-pool.js';

/** A kernel by name, with addresses, sizes and flags. */
export type Call = readonly [kernel: string, ...args: number[]];

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
export function createProgram(engine: Engine, phases: readonly (readonly Call[])[][], free: () => void): Program {
  const { exports, heap, pool } = engine;
  const calls = phases.flat(2).map(([kernel, ...args]) => ({ kernel: exports[kernel]!, args }));
  const alone = () => {
    for (const { kernel, args } of calls) kernel(...args);
  };
  const isShared = phases.some((phase) => phase.slice(1).some((calls) => calls.length > 0));
  if (!pool || !isShared) return { run: alone, dispose: free };

  // One list for each thread: calls as [kernel, number of arguments, …arguments], and a barrier after each phase.
  const lists = Array.from({ length: pool.threads }, (_, thread) => [
    ...phases.flatMap((phase) => [
      ...(phase[thread] ?? []).flatMap(([kernel, ...args]) => [engine.kernels.indexOf(kernel), args.length, ...args]),
      BARRIER,
    ]),
    END,
  ]);
  // At `table`: where each thread's list begins, then the lists.
  const start = lists.length;
  const length = start + lists.reduce((sum, list) => sum + list.length, 0);
  const table = heap.allocate(2 * length);
  const words = heap.doubles(table, length);
  lists.reduce((at, list, thread) => {
    words[thread] = at;
    words.set(list, at);
    return at + list.length;
  }, start);
  const program = ++programs;
  const either = faster(() => pool.run(program, table), alone);
  return {
    run: () => (pool.isBroken ? alone() : either()),
    dispose() {
      heap.free(table);
      free();
    },
  };
}

// How often the slower way is tried again, and for how long; the first run of a trial wakes the threads and is not timed.
const PERIOD = 60;
const TRIAL = 2;

/**
 * Whichever of two ways was faster of late: where other programs keep the cores busy, threads that wait for each other
 * take longer than one. Both ways make the same calls on the same shares, so the results are the same, bit for bit.
 */
function faster(...ways: [() => void, () => void]): () => void {
  const times: [number, number] = [Infinity, Infinity];
  let way: 0 | 1 = 0;
  let trial = 0; // runs of the trial under way; past TRIAL there is none
  let runs = 0; // since the last trial
  return () => {
    if (trial > TRIAL && ++runs > PERIOD) [way, trial, runs] = [way === 0 ? 1 : 0, 0, 0];
    if (trial === 0) times[way] = Infinity;
    const start = performance.now();
    ways[way]();
    const time = performance.now() - start;
    if (trial > TRIAL) times[way] += 0.25 * (time - times[way]);
    else if (trial > 0) times[way] = Math.min(times[way], time);
    if (trial <= TRIAL && ++trial <= TRIAL) return;
    if (times[1] === Infinity) [way, trial] = [1, 0];
    else way = times[0] <= times[1] ? 0 : 1;
  };
}
