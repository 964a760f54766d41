import { sizeOf } from '../../../common/shapes.js';
import type { LoweredNetwork } from '../../operations.js';
import { FLOAT_BYTES } from './heap.js';
import type { Heap } from './heap.js';

/** A network's parameters in memory: those that learn first, one after the other, then the running statistics. */
export interface Parameters {
  /** A parameter's address. */
  at(name: string): number;
  /** Those that learn from top-level layer `from` on, in the order of memory; sizes in whole vectors. */
  learning(from: number): { name: string; at: number; size: number }[];
  values(name: string): Float32Array;
  /** Another number once values have changed. */
  readonly version: number;
  /** Says that values have changed. */
  changed(): void;
  /** Where those that learn begin, and how many floats they take. */
  readonly start: number;
  readonly count: number;
  dispose(): void;
}

/** Each begins at a 16-byte boundary, for whole vectors in the optimizer. */
const padded = (size: number): number => Math.ceil(size / 4) * 4;

export function createParameters(heap: Heap, { parameters }: Pick<LoweredNetwork, 'parameters'>): Parameters {
  const ordered = [...parameters.filter(({ learns }) => learns), ...parameters.filter(({ learns }) => !learns)];
  const start = heap.allocate(ordered.reduce((sum, { shape }) => sum + padded(sizeOf(shape)), 0));
  const places = new Map<string, { at: number; size: number; layer: number; learns: boolean }>();
  let at = start;
  let count = 0;
  for (const { name, shape, layer, learns } of ordered) {
    const size = sizeOf(shape);
    places.set(name, { at, size, layer, learns });
    at += FLOAT_BYTES * padded(size);
    if (learns) count += padded(size);
  }
  const place = (name: string) => {
    const found = places.get(name);
    if (!found) throw new Error(`The network has no parameter '${name}'.`);
    return found;
  };
  let version = 0;
  return {
    start,
    count,
    get version() {
      return version;
    },
    changed: () => void version++,
    at: (name) => place(name).at,
    learning: (from) =>
      [...places]
        .filter(([, { layer, learns }]) => learns && layer >= from)
        .map(([name, { at, size }]) => ({ name, at, size: padded(size) })),
    values: (name) => heap.floats(place(name).at, place(name).size),
    dispose: () => heap.free(start),
  };
}
