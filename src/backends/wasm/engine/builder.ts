import { GEOMETRY_WORDS, writeGeometry } from '../geometry.js';
import type { Geometry } from '../geometry.js';
import type { Engine } from './engine.js';
import { createProgram } from './program.js';
import type { Call, Program } from './program.js';

// What stands for the addresses of a thread's scratch memory in a call until the program is complete.
export const SCRATCH = -1;
export const SCRATCH_END = -2;

/**
 * Writes a program: calls in phases, each call a thread's share of a layer's work. Threads wait for each other between
 * phases only, so what depends on a thread's own images alone joins the phase before.
 */
export class Builder {
  private readonly phases: Call[][][] = [];
  private readonly owned: number[] = [];
  private readonly idle = new Map<number, number[]>();
  private scratchBytes = 0;
  private byImages = false;

  constructor(
    readonly engine: Engine,
    /** Examples in the batch. */
    readonly batch: number,
    readonly threads: number,
  ) {}

  /** How many shares images are split into. */
  get shares(): number {
    return Math.min(this.threads, this.batch);
  }

  /**
   * Work on ranges of images.
   * @param options.alone Each range depends on nothing but the same range of what comes before. Default true.
   */
  images(call: (first: number, count: number, share: number) => Call[], { alone = true } = {}): void {
    if (!(alone && this.byImages)) this.phase();
    this.spread(this.batch, 1, this.shares, call);
    this.byImages = true;
  }

  /** Work on ranges of columns, of parameters and the like: `total` of them, `unit` at least kept together. */
  ranges(total: number, unit: number, call: (first: number, count: number, share: number) => Call[]): void {
    this.phase();
    this.spread(total, unit, this.threads, call);
    this.byImages = false;
  }

  /** Work that one thread does. */
  once(...calls: Call[]): void {
    this.phase();
    this.phases.at(-1)![0]!.push(...calls);
    this.byImages = false;
  }

  /** Sees to it that SCRATCH to SCRATCH_END have so many bytes. */
  scratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  /** Memory that lasts as long as the program. */
  allocate(count: number): number {
    const address = this.engine.heap.allocate(count);
    this.owned.push(address);
    return address;
  }

  /** The address of a geometry in memory, which lasts as long as the program. */
  geometry(geometry: Geometry): number {
    const address = this.allocate(GEOMETRY_WORDS);
    writeGeometry(new Int32Array(this.engine.heap.memory.buffer, address, GEOMETRY_WORDS), geometry);
    return address;
  }

  /** Memory for `size` floats an example, until it is given back. */
  take(size: number): number {
    return this.idle.get(size)?.pop() ?? this.allocate(size * this.batch);
  }

  /** Only takers of the same size get it: every thread's share of it then is the same, and none waits for another. */
  give(address: number, size: number): void {
    this.idle.set(size, [...(this.idle.get(size) ?? []), address]);
  }

  /** The program, which owns the memory from now on. */
  finish(): Program {
    const { heap } = this.engine;
    const scratch = Array.from({ length: this.threads }, () => this.allocate(this.scratchBytes / 4 + 4));
    const phases = this.phases.map((phase) =>
      phase.map((calls, thread) =>
        calls.map(([kernel, ...args]): Call => {
          const start = scratch[thread]!;
          const end = start + this.scratchBytes;
          return [kernel, ...args.map((arg) => (arg === SCRATCH ? start : arg === SCRATCH_END ? end : arg))];
        }),
      ),
    );
    return createProgram(this.engine, phases, () => this.owned.forEach((address) => heap.free(address)));
  }

  private phase(): void {
    this.phases.push(Array.from({ length: this.threads }, () => []));
  }

  private spread(
    total: number,
    unit: number,
    shares: number,
    call: (first: number, count: number, share: number) => Call[],
  ): void {
    const units = Math.ceil(total / unit);
    for (let share = 0; share < shares; share++) {
      const first = Math.floor((units * share) / shares) * unit;
      const last = Math.min(total, Math.floor((units * (share + 1)) / shares) * unit);
      if (last > first) this.phases.at(-1)![share]!.push(...call(first, last - first, share));
    }
  }
}
