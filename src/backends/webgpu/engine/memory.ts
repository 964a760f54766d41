import { FLOAT_BYTES } from './gpu.js';
import type { Gpu } from './gpu.js';
import type { Parameters } from './parameters.js';
import { UNIFORM_STRIDE } from './program.js';

/** What a step of a run is told. */
export interface StepWords {
  /** Its number, from 0, by which it leaves its results. */
  readonly number: number;
  /** Of its dropouts' masks. Default 0. */
  readonly key?: number;
  /** Rate, weight decay, and what the optimizer's rule says. */
  readonly hyper: readonly number[];
}

export interface MemorySizes {
  /** Numbers of the arena. */
  arena: number;
  /** Steps that one submit may have. */
  slots: number;
  /** Steps whose results are kept. */
  steps: number;
}

/** Numbers of a step's results: mean loss and right answers. */
export const RESULTS = 2;

/** Arrays of state that an optimizer may have. */
const STATES = 3;

const NOW_BYTES = 80; // `Now` in shader.ts

/** The buffers that all programs of an owner run on, and the bind group of them; parameters are somebody else's. */
export interface Memory {
  /** Grows to what is asked for; contents are lost then. @throws {HandfulError} `out-of-memory`, `backend-lost` */
  reserve(sizes: MemorySizes): void;
  readonly arena: GPUBuffer;
  readonly results: GPUBuffer;
  readonly bindings: GPUBindGroup;
  /** For the next submit: what its steps are told, slot by slot. */
  tell(steps: readonly StepWords[]): void;
  dispose(): void;
}

/** @param states Arrays that the optimizer keeps. */
export function createMemory(gpu: Gpu, parameters: Parameters, states = 0): Memory {
  const { device } = gpu;
  const { STORAGE, UNIFORM, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const state = Array.from({ length: STATES }, (_, i) =>
    gpu.allocate(FLOAT_BYTES * (i < states ? parameters.count : 1), STORAGE | COPY_DST),
  );
  const own: { [name in keyof MemorySizes]: { size: number; buffer: GPUBuffer | undefined } } = {
    arena: { size: 0, buffer: undefined },
    slots: { size: 0, buffer: undefined },
    steps: { size: 0, buffer: undefined },
  };
  const usages = {
    arena: [FLOAT_BYTES, STORAGE | COPY_DST | COPY_SRC],
    slots: [UNIFORM_STRIDE, UNIFORM | COPY_DST],
    steps: [RESULTS * FLOAT_BYTES, STORAGE | COPY_SRC],
  } as const;
  let group: GPUBindGroup | undefined;
  const get = (name: keyof MemorySizes): GPUBuffer => {
    const { buffer } = own[name];
    if (!buffer) throw new Error('Memory is used before it is reserved.');
    return buffer;
  };
  return {
    reserve(sizes) {
      for (const name of ['arena', 'slots', 'steps'] as const) {
        const entry = own[name];
        if (entry.buffer && entry.size >= sizes[name]) continue;
        if (entry.buffer) gpu.free(entry.buffer);
        entry.buffer = group = undefined;
        const [bytes, usage] = usages[name];
        entry.buffer = gpu.allocate(bytes * sizes[name], usage);
        entry.size = sizes[name];
      }
    },
    get arena() {
      return get('arena');
    },
    get results() {
      return get('steps');
    },
    get bindings() {
      const storage = [parameters.buffer, get('arena'), ...state, get('steps')];
      return (group ??= device.createBindGroup({
        layout: gpu.pipelines.data,
        entries: [
          { binding: 0, resource: { buffer: get('slots'), size: NOW_BYTES } },
          ...storage.map((buffer, i) => ({ binding: i + 1, resource: { buffer } })),
        ],
      }));
    },
    tell(steps) {
      const words = new ArrayBuffer(UNIFORM_STRIDE * steps.length);
      for (const [slot, { number, key = 0, hyper }] of steps.entries()) {
        new Uint32Array(words, UNIFORM_STRIDE * slot, 3).set([slot, number, key]);
        new Float32Array(words, UNIFORM_STRIDE * slot + 16, hyper.length).set(hyper);
      }
      device.queue.writeBuffer(get('slots'), 0, words);
    },
    dispose() {
      for (const buffer of [...state, ...Object.values(own).map(({ buffer }) => buffer)]) if (buffer) gpu.free(buffer);
    },
  };
}
