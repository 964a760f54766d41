import { GEOMETRY_WORDS, writeGeometry } from '../geometry.js';
import type { Geometry } from '../geometry.js';
import { sizeOf } from '../../../common/shapes.js';
import { positional, scratchBytes } from '../kernel-call.js';
import type { KernelCall } from '../kernel-call.js';
import type { VirtualBuffer } from '../../schedule/steps.js';
import type { Engine } from './engine.js';
import { FLOAT_BYTES } from './heap.js';
import type { Parameters } from './parameters.js';
import type { Placement } from './placement.js';
import { createProgram } from './program.js';
import type { Program } from './program.js';
import type { PreparedFilters } from './winograd.js';

/** A part of the work that threads share: `count` images, columns or parameters from `first` on. */
export interface Shard {
  readonly first: number;
  readonly count: number;
  readonly index: number;
}

/** Gradients in memory, laid out as the parameters are: one such array for each shard of the images. */
export interface Gradients {
  readonly at: number;
  /** Bytes from one shard's to the next one's. */
  readonly stride: number;
}

export interface ProgramOptions {
  readonly engine: Engine;
  /** Examples in the batch. */
  readonly batch: number;
  readonly threads: number;
  readonly parameters: Parameters;
  readonly placement: Placement;
  /** For inference. */
  readonly filters?: PreparedFilters | undefined;
  /** Where a training step leaves gradients. */
  readonly gradients?: Gradients | undefined;
}

/**
 * Writes a program: kernel calls in phases, each call a thread's shard of a step's work. Threads wait for each other
 * between phases only, so what depends on a thread's own images alone joins the phase before.
 */
export class ProgramBuilder {
  readonly engine: Engine;
  readonly batch: number;
  readonly threads: number;
  readonly parameters: Parameters;
  readonly gradients: Gradients;
  private readonly placement: Placement;
  private readonly phases: KernelCall[][][] = [];
  private readonly sharded = new Set<string>();
  private readonly geometries = new Map<string, number>();
  private readonly filters: PreparedFilters | undefined;
  /** What steps have in common that may run beside each other, whose phase this is. */
  private beside: VirtualBuffer | undefined;
  /** What the current phase's shards are of, where steps may join it. */
  private sharedBy: 'images' | `${number} rows` | undefined;

  constructor({ engine, batch, threads, parameters, placement, filters, gradients }: ProgramOptions) {
    this.engine = engine;
    this.batch = batch;
    this.threads = threads;
    this.parameters = parameters;
    this.placement = placement;
    this.filters = filters;
    this.gradients = gradients ?? { at: 0, stride: 0 };
  }

  /** How many shards images are split into. */
  get shards(): number {
    return Math.min(this.threads, this.batch);
  }

  /** Address of a buffer's example `first`; 0 for no buffer. */
  at(buffer: VirtualBuffer | undefined, first = 0): number {
    return buffer ? this.placement.at(buffer) + FLOAT_BYTES * (buffer.isFixed ? 0 : buffer.size * first) : 0;
  }

  /** Address of a parameter; 0 for none. */
  parameter(name: string | undefined): number {
    return name === undefined ? 0 : this.parameters.at(name);
  }

  /** Address of what is prepared of a filter; 0 for none. */
  prepared(weight: string): number {
    return this.filters?.at(weight) ?? 0;
  }

  /** Address of a parameter's gradient, which no shards split; 0 for none. */
  gradient(name: string | undefined): number {
    return name === undefined ? 0 : this.gradients.at + this.parameters.at(name) - this.parameters.start;
  }

  /** Address of a shard's own part of a parameter's gradient: the update adds them up. */
  shardOfGradient(name: string | undefined, { index }: Shard): number {
    if (name === undefined) return 0;
    this.sharded.add(name);
    return this.gradient(name) + index * this.gradients.stride;
  }

  /** In how many parts a parameter's gradient comes. */
  partsOf(name: string): number {
    return this.sharded.has(name) ? this.shards : 1;
  }

  /** Memory of a step's own, `size` floats an example; another step of the same size may have it next. */
  workspace<T>(size: number, use: (address: number) => T): T {
    return this.placement.borrow(size, use);
  }

  /** Memory that lasts as long as the program. */
  allocate(count: number): number {
    return this.placement.own(count);
  }

  /** Numbers that a kernel reads from memory. */
  constants(values: readonly number[]): number {
    const address = this.allocate(values.length);
    this.engine.heap.floats(address, values.length).set(values);
    return address;
  }

  /** Address of the sizes of a convolution or a pool. */
  geometry(geometry: Geometry): number {
    const key = JSON.stringify(geometry);
    const address = this.geometries.get(key) ?? this.allocate(GEOMETRY_WORDS);
    this.geometries.set(key, address);
    writeGeometry(new Int32Array(this.engine.heap.memory.buffer, address, GEOMETRY_WORDS), geometry);
    return address;
  }

  /**
   * Work on shards of the images.
   * @param options.isAlone Each shard depends on nothing but the same shard of what comes before. Default true.
   * @param options.beside As for `ranges`.
   */
  images(
    calls: (shard: Shard) => KernelCall[],
    { isAlone = true, beside }: { isAlone?: boolean; beside?: VirtualBuffer } = {},
  ): void {
    if (!(isAlone && this.sharedBy === 'images')) this.beginPhase(beside);
    this.spread(this.batch, 1, this.shards, calls);
    this.sharedBy = 'images';
  }

  /** Whether threads have but one image among them, whose rows they can share. */
  get isOneImage(): boolean {
    return this.batch === 1 && this.threads > 1;
  }

  /**
   * Work on shards of an image's rows: four at least are kept together, as Winograd's tiles are.
   * @param options.isAlone As for `images`. What reads other shards' rows has a phase to itself: what came after it could
   *   write where they lie.
   */
  rows(height: number, calls: (shard: Shard) => KernelCall[], { isAlone = true } = {}): void {
    const by = `${height} rows` as const;
    if (!(isAlone && this.sharedBy === by)) this.beginPhase();
    this.spread(height, 4, Math.min(this.threads, Math.ceil(height / 4)), calls);
    this.sharedBy = isAlone ? by : undefined;
  }

  /**
   * Element-wise work on buffers of one shape, by images or by rows.
   * @param calls Is given the address of a shard's part of a buffer, and how many values that has.
   */
  elements(
    shape: readonly number[],
    calls: (at: (buffer: VirtualBuffer | undefined) => number, count: number) => KernelCall[],
  ): void {
    const [height = 1] = shape;
    const size = sizeOf(shape);
    if (!(this.isOneImage && shape.length === 3)) {
      this.images(({ first, count }) => calls((buffer) => this.at(buffer, first), count * size));
      return;
    }
    const row = size / height;
    this.rows(height, ({ first, count }) =>
      calls((buffer) => (buffer ? this.at(buffer) + FLOAT_BYTES * first * row : 0), count * row),
    );
  }

  /**
   * Work on ranges of columns, of parameters and the like: `total` of them, `unit` at least kept together.
   * @param options.beside What it shares with steps that neither read nor overwrite what it writes, nor the other way about.
   */
  ranges(
    total: number,
    unit: number,
    calls: (shard: Shard) => KernelCall[],
    { beside }: { beside?: VirtualBuffer } = {},
  ): void {
    if (!beside || beside !== this.beside) this.beginPhase(beside);
    this.spread(total, unit, Math.min(this.threads, Math.ceil(total / unit)), calls);
    this.sharedBy = undefined;
  }

  /** Work that one thread does. */
  once(...calls: KernelCall[]): void {
    this.beginPhase();
    this.spread(1, 1, 1, () => calls);
    this.sharedBy = undefined;
  }

  /** The calls so far: phase by phase, thread by thread. */
  get calls(): readonly (readonly (readonly KernelCall[])[])[] {
    return this.phases;
  }

  /** The program, which owns the memory from now on. */
  finish(): Program {
    const { exports } = this.engine;
    const most = this.phases.flat(2).reduce((bytes, call) => Math.max(bytes, scratchBytes(exports, call)), 0);
    const scratch = Array.from({ length: this.threads }, () => this.allocate(most / FLOAT_BYTES + 4));
    const phases = this.phases.map((phase) =>
      scratch.map((start, thread) =>
        (phase[thread] ?? []).map((call) => ({ kernel: call.kernel, args: positional(call, start, start + most) })),
      ),
    );
    return createProgram(this.engine, phases, () => this.placement.dispose());
  }

  private beginPhase(beside?: VirtualBuffer): void {
    this.beside = beside;
    this.phases.push(Array.from({ length: this.threads }, () => []));
  }

  private spread(total: number, unit: number, shards: number, calls: (shard: Shard) => KernelCall[]): void {
    const units = Math.ceil(total / unit);
    for (const [index, thread] of (this.phases.at(-1) ?? []).entries()) {
      if (index >= shards) return;
      const first = Math.floor((units * index) / shards) * unit;
      const last = Math.min(total, Math.floor((units * (index + 1)) / shards) * unit);
      if (last > first) thread.push(...calls({ first, count: last - first, index }));
    }
  }
}
