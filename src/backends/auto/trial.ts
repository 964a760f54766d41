// A trial finds out which device is faster at some work, while the page goes on: it has an end, and pauses in between.

import { inTime } from '../../common/in-time.js';
import { pause } from '../../common/pause.js';
import { throwIfAborted } from '../../errors.js';
import type { Device } from '../device.js';

/** Work that devices are timed by. */
export interface Workload {
  /** Names all that the time depends on, the device apart: networks, options. */
  readonly name: string;
  /** For how many examples at once it is of interest, the fewest first. */
  readonly sizes: readonly number[];
  /** Fewest examples that it can be done with. */
  readonly least: number;
  /** Puts on a device what it needs there. */
  start(device: Device): Runs;
}

export interface Runs {
  /** Does the work once, up to its results being there. */
  run(examples: number): Promise<void>;
  /** Frees what is on the device. */
  dispose(): void;
}

/** Milliseconds of a run over so many examples. */
export interface Timing {
  readonly examples: number;
  readonly wasm: number;
  readonly webgpu: number;
}

// Milliseconds. WASM keeps the thread, so its runs are short, and of fewer examples where all would take longer.
const LIMIT = 300;
const WASM_LIMIT = 100;
const WASM_RUN = 25;
const WEBGPU_RUN = 60;
/** Of runs that are timed together, and how many there are at most: clocks step by a millisecond in some browsers. */
const GROUP = 8;
/** WebGPU, which has the rest of the time, and at least so much, is given what WASM does in as long. */
const WEBGPU_LEAST = 150;

/** By how much WebGPU has to be faster, so that it pays to change over. */
const WORTH = 1.3;

/**
 * Times a workload on both devices, for 300 ms at most, unless a single run on WASM takes most of that.
 * @returns One for each of its sizes; what was timed with fewer examples is scaled.
 * @throws {Error} if WebGPU is not done in time; what devices throw. What it has begun may then end a little later.
 */
export async function compare(
  workload: Workload,
  { wasm, webgpu }: { wasm: Device; webgpu: Device },
  signal: AbortSignal,
): Promise<Timing[]> {
  const start = performance.now();
  const onWasm = await timeWasm(workload, wasm, signal);
  const rest = Math.max(WEBGPU_LEAST, LIMIT - (performance.now() - start));
  const onWebgpu = await inTime(timeWebgpu(workload, webgpu, onWasm, signal), rest);
  return workload.sizes.map((examples, i) => ({ examples, wasm: onWasm[i] ?? 0, webgpu: onWebgpu[i] ?? Infinity }));
}

/** Has everything compiled that the work needs, for what was timed before. */
export async function warmUp(workload: Workload, device: Device): Promise<void> {
  const runs = workload.start(device);
  try {
    for (const size of workload.sizes) await runs.run(size);
  } finally {
    runs.dispose();
  }
}

async function timeWasm({ sizes, least, start }: Workload, device: Device, signal: AbortSignal): Promise<number[]> {
  const end = performance.now() + WASM_LIMIT;
  const runs = start(device);
  try {
    let timed = least;
    let time = await best(runs, timed, { limit: WASM_RUN, end, signal });
    const times: number[] = [];
    for (const size of sizes) {
      const most = Math.min(size, Math.floor((timed * WASM_RUN) / time));
      if (most > timed && performance.now() < end)
        time = await best(runs, (timed = most), { limit: WASM_RUN, end, signal });
      times.push((time * size) / timed);
    }
    return times;
  } finally {
    runs.dispose();
  }
}

async function timeWebgpu(
  { sizes, least, start }: Workload,
  device: Device,
  onWasm: readonly number[],
  signal: AbortSignal,
): Promise<number[]> {
  const runs = start(device);
  try {
    const times: number[] = [];
    for (const [i, size] of sizes.entries()) {
      const most = Math.floor((size * WEBGPU_LEAST) / (onWasm[i] ?? 1));
      const timed = Math.min(size, Math.max(least, most));
      times.push(((await best(runs, timed, { limit: WEBGPU_RUN, signal })) * size) / timed);
    }
    return times;
  } finally {
    runs.dispose();
  }
}

interface Timed {
  /** Milliseconds that the runs take together, about. */
  limit: number;
  /** When no other run may begin, by the same clock. */
  end?: number;
  signal: AbortSignal;
}

/** Milliseconds of a run, by the shortest of a few groups, after one that compiles. */
async function best(runs: Runs, examples: number, { limit, end = Infinity, signal }: Timed): Promise<number> {
  const time = async (count: number) => {
    throwIfAborted(signal);
    await pause(); // calls that came meanwhile are answered first
    const start = performance.now();
    for (let i = 0; i < count; i++) await runs.run(examples);
    return (performance.now() - start) / count;
  };
  const first = await time(1);
  if (first > 2 * limit || performance.now() > end) return first; // compiling is the least of it
  let shortest = await time(1);
  const group = Math.min(GROUP, Math.ceil(GROUP / Math.max(shortest, 0.5)));
  for (let i = 0, spent = shortest; i < 4 && spent < limit && performance.now() < end; i++) {
    const passed = await time(group);
    shortest = i === 0 && group > 1 ? passed : Math.min(shortest, passed);
    spent += passed * group;
  }
  return shortest;
}

/** What is to be expected of so many examples: between two sizes that were timed in proportion, past the last the same. */
export function timingOf(timings: readonly Timing[], examples: number): Timing | undefined {
  const above = timings.find((timing) => timing.examples >= examples) ?? timings.at(-1);
  const below = timings.findLast((timing) => timing.examples <= examples) ?? above;
  if (!above || !below || above.examples <= below.examples) return above;
  const share = (examples - below.examples) / (above.examples - below.examples);
  const between = (a: number, b: number) => a + share * (b - a);
  return { examples, wasm: between(below.wasm, above.wasm), webgpu: between(below.webgpu, above.webgpu) };
}

/** Whether WebGPU is so much faster that it pays. */
export function isWorth(timing: Timing | undefined): boolean {
  return timing !== undefined && WORTH * timing.webgpu < timing.wasm;
}
