import type { Lifetime } from '../../schedule/lifetimes.js';
import type { VirtualBuffer } from '../../schedule/steps.js';
import { placeAll } from './arena.js';
import { FLOAT_BYTES } from './gpu.js';
import type { Gpu } from './gpu.js';
import { NONE, wordsOf } from './kernel.js';
import type { ArgumentKind, Kernel, Part } from './kernel.js';
import type { Parameters } from './parameters.js';
import { phasesOf } from './phases.js';
import type { Call } from './program-builder.js';
import { TILE_BOUNDS } from './shader.js';

/** Where a buffer lies in the arena: at `at` + slot · `stride`. */
export interface Place {
  readonly at: number;
  readonly stride: number;
}

export interface ProgramOptions {
  readonly batch: number;
  readonly parameters: Parameters;
  /** Buffers whose places others decided on. */
  readonly given: ReadonlyMap<VirtualBuffer, Place>;
  /** Buffers that are read after a run. */
  readonly results: readonly VirtualBuffer[];
  /** Where the arena is free, in numbers. */
  readonly base: number;
}

/** Dispatches in their order, ready to be run again and again. */
export interface Program {
  /** Numbers of the arena that it needs, from the first on. */
  readonly size: number;
  readonly dispatches: number;
  /** Compiles all dispatches at once, the first time. @throws {HandfulError} */
  ready(): Promise<void>;
  /** Where a result lies. */
  at(buffer: VirtualBuffer): number;
  /** Encodes a run on the batch in a slot. */
  encode(pass: GPUComputePassEncoder, data: GPUBindGroup, slot: number): void;
  dispose(): void;
}

/** Bytes between what dynamic offsets of uniform buffers choose from. */
export const UNIFORM_STRIDE = 256;

const MOST_GROUPS = 65_535; // in a dimension

/** One past the last group of all. */
const END = 0xffffffff;

/** Puts calls into phases, which are a dispatch each, and their buffers into an arena. */
export function createProgram(gpu: Gpu, calls: readonly Call[], options: ProgramOptions): Program {
  const phases = inPhases(calls);
  const { places, size } = placeAll(tenants(phases, options));
  const place = (buffer: VirtualBuffer): Place =>
    options.given.get(buffer) ?? { at: options.base + (places.get(buffer) ?? 0), stride: 0 };
  const dispatches = phases.map((phase) => ({
    kernels: kernelsOf(phase),
    calls: phase,
    groups: phase.reduce((sum, { groups }) => sum + groups, 0),
  }));
  const { words, starts } = encodeCalls(dispatches, place, options.parameters);
  const { group, buffers } = bind(gpu, words, starts);
  const pipelines: GPUComputePipeline[] = [];
  const compilePhases = async () => {
    const compiled = await Promise.all(dispatches.map(({ kernels }) => gpu.pipelines.of(kernels)));
    pipelines.splice(0, Infinity, ...compiled);
  };
  let ready: Promise<void> | undefined;
  return {
    size: options.base + size,
    dispatches: dispatches.length,
    ready: () => (ready ??= compilePhases()),
    at: (buffer) => place(buffer).at,
    encode(pass, data, slot) {
      pass.setBindGroup(0, data, [UNIFORM_STRIDE * slot]);
      for (const [i, { groups }] of dispatches.entries()) {
        const pipeline = pipelines[i];
        if (!pipeline) throw new Error('A program runs before it is compiled.');
        pass.setPipeline(pipeline);
        pass.setBindGroup(1, group, [UNIFORM_STRIDE * i]);
        const high = Math.ceil(groups / MOST_GROUPS);
        pass.dispatchWorkgroups(Math.ceil(groups / high), high);
      }
    },
    dispose: () => buffers.forEach((buffer) => gpu.free(buffer)),
  };
}

/** The calls of each phase. */
export function inPhases(calls: readonly Call[]): Call[][] {
  const numbers = phasesOf(calls.map(accesses));
  const count = Math.max(-1, ...numbers) + 1;
  return Array.from({ length: count }, (_, phase) => calls.filter((_, i) => numbers[i] === phase));
}

/** Each kernel once, in an order that does not depend on the calls': some are made anew for each call. */
function kernelsOf(calls: readonly Call[]): Kernel[] {
  const byName = new Map(calls.map(({ kernel }) => [kernel.name, kernel]));
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
}

type Value = VirtualBuffer | Part | string | number | boolean | undefined;

const argumentsOf = ({ kernel, args }: Call): [ArgumentKind, Value][] =>
  Object.entries(kernel.signature).map(([name, kind]) => [kind, args[name]]);

const bufferOf = (value: VirtualBuffer | Part): VirtualBuffer => ('buffer' in value ? value.buffer : value);

/** What a call reads and writes: buffers, and parameters by name. */
export function accesses(call: Call): { reads: (VirtualBuffer | string)[]; writes: (VirtualBuffer | string)[] } {
  const reads: (VirtualBuffer | string)[] = [];
  const writes: (VirtualBuffer | string)[] = [];
  for (const [kind, value] of argumentsOf(call)) {
    const list = kind === 'write' || kind === 'changed' ? writes : reads;
    if (typeof value === 'object') list.push(bufferOf(value));
    else if (typeof value === 'string') list.push(value);
  }
  return { reads, writes };
}

/** How many numbers each buffer takes, and in which phases. */
function tenants(phases: readonly (readonly Call[])[], { batch, given, results }: ProgramOptions) {
  const found = new Map<VirtualBuffer, Lifetime & { size: number }>();
  for (const [phase, calls] of phases.entries())
    for (const call of calls) {
      const { reads, writes } = accesses(call);
      for (const buffer of [...reads, ...writes]) {
        if (typeof buffer === 'string' || given.has(buffer)) continue;
        const size = buffer.size * (buffer.isFixed ? 1 : batch);
        const last = results.includes(buffer) ? phases.length : phase;
        const { first } = found.get(buffer) ?? { first: phase };
        found.set(buffer, { size, first, last });
      }
    }
  return found;
}

interface Dispatch {
  readonly kernels: readonly Kernel[];
  readonly calls: readonly Call[];
}

/** The words that kernels read (shader.ts), and where each dispatch's table begins. */
function encodeCalls(
  dispatches: readonly Dispatch[],
  place: (buffer: VirtualBuffer) => Place,
  parameters: Parameters,
): { words: Uint32Array<ArrayBuffer>; starts: number[] } {
  const words: number[] = [];
  const floats = new Map<number, number>();
  const starts = dispatches.map(({ kernels, calls }) => {
    const start = words.length;
    let at = start + 3 * (calls.length + 1);
    let groups = 0;
    for (const call of calls) {
      words.push(
        (groups += call.groups),
        kernels.findIndex(({ name }) => name === call.kernel.name),
        at,
      );
      at += Object.values(call.kernel.signature).reduce((sum, kind) => sum + wordsOf(kind), 0);
    }
    words.push(END, kernels.length, 0);
    for (const [kind, value] of calls.flatMap(argumentsOf)) {
      if (kind === 'f32') floats.set(words.length, Number(value));
      if (wordsOf(kind) === 1) words.push(typeof value === 'string' ? parameters.at(value) : word(kind, value));
      else words.push(...addressOf(value as VirtualBuffer | Part | undefined, place));
    }
    return start;
  });
  const encoded = Uint32Array.from(words);
  const view = new Float32Array(encoded.buffer);
  for (const [index, value] of floats) view[index] = value;
  return { words: encoded, starts };
}

function word(kind: ArgumentKind, value: Value): number {
  return value === undefined && kind !== 'f32' ? NONE : Number(value);
}

function addressOf(value: VirtualBuffer | Part | undefined, place: (buffer: VirtualBuffer) => Place): number[] {
  if (!value) return [NONE, 0];
  const { at, stride } = place(bufferOf(value));
  return [at + ('buffer' in value ? value.offset : 0), stride];
}

/** A program's words on the GPU. */
function bind(gpu: Gpu, words: Uint32Array<ArrayBuffer>, starts: readonly number[]) {
  const { device } = gpu;
  const table = new Uint32Array((UNIFORM_STRIDE / 4) * Math.max(1, starts.length));
  for (const [i, start] of starts.entries()) table.set([start, ...TILE_BOUNDS], (UNIFORM_STRIDE / 4) * i);
  const calls = gpu.allocate(Math.max(FLOAT_BYTES, words.byteLength), GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
  const phases = gpu.allocate(table.byteLength, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(calls, 0, words);
  device.queue.writeBuffer(phases, 0, table);
  const group = device.createBindGroup({
    layout: gpu.pipelines.program,
    entries: [
      { binding: 0, resource: { buffer: phases, size: 16 } },
      { binding: 1, resource: { buffer: calls } },
    ],
  });
  return { group, buffers: [calls, phases] };
}
