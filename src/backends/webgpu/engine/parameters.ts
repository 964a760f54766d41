import { sizeOf } from '../../../common/shapes.js';
import type { LoweredNetwork } from '../../operations.js';
import { checkLength } from '../../check-length.js';
import { FLOAT_BYTES } from './gpu.js';
import type { Gpu } from './gpu.js';

/** A network's parameters in one buffer, in their order. */
export interface Parameters {
  readonly buffer: GPUBuffer;
  /** How many numbers they are. */
  readonly count: number;
  /** Where a parameter begins, in numbers. */
  at(name: string): number;
  /** Those that learn from top-level layer `from` on. */
  learning(from: number): { name: string; size: number }[];
  write(name: string, values: Float32Array): void;
  /** A copy of one; those that are asked for at the same time are read at once. */
  read(name: string): Promise<Float32Array>;
  dispose(): void;
}

export function createParameters(gpu: Gpu, { parameters }: Pick<LoweredNetwork, 'parameters'>): Parameters {
  const places = new Map<string, { at: number; size: number; layer: number; learns: boolean }>();
  let count = 0;
  for (const { name, shape, layer, learns } of parameters) {
    const size = sizeOf(shape);
    places.set(name, { at: count, size, layer, learns });
    count += size;
  }
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  const buffer = gpu.allocate(FLOAT_BYTES * count, STORAGE | COPY_DST | COPY_SRC);
  const place = (name: string) => {
    const found = places.get(name);
    if (!found) throw new Error(`The network has no parameter '${name}'.`);
    return found;
  };
  let all: Promise<Float32Array> | undefined;
  const readAll = async (): Promise<Float32Array> => {
    queueMicrotask(() => (all = undefined));
    const [values = new Float32Array()] = await gpu.run(() => {}, [[buffer, 0, FLOAT_BYTES * count]]);
    return values;
  };
  return {
    buffer,
    count,
    at: (name) => place(name).at,
    learning: (from) =>
      [...places]
        .filter(([, { layer, learns }]) => learns && layer >= from)
        .map(([name, { size }]) => ({ name, size })),
    write(name, values) {
      const { at, size } = place(name);
      checkLength(name, values, size);
      if (gpu.loss) throw gpu.loss;
      gpu.device.queue.writeBuffer(buffer, FLOAT_BYTES * at, values as Float32Array<ArrayBuffer>);
    },
    async read(name) {
      const { at, size } = place(name);
      const values = await (all ??= readAll());
      return values.slice(at, at + size);
    },
    dispose: () => gpu.free(buffer),
  };
}
