import type { Architecture } from '../../executor.js';
import type { Heap } from './heap.js';
import { FLOAT, sizeOf } from './layers.js';

/** A network's parameters in memory: those that learn first, one after the other, then the running statistics. */
export interface Parameters {
  /** A parameter's address; 0 if there is none of that name. */
  at(name: string): number;
  /** Those that learn from top-level layer `from` on, in the order of memory. */
  learning(from: number): { name: string; at: number; size: number }[];
  values(name: string): Float32Array;
  /** Where those that learn begin, and how many floats they take. */
  readonly start: number;
  readonly count: number;
  dispose(): void;
}

export function createParameters(heap: Heap, { parameters }: Architecture): Parameters {
  const ordered = [...parameters].sort((a, b) => Number(b.learns) - Number(a.learns));
  // Each begins at a vector's border, for whole vectors in the optimizer.
  const padded = (shape: readonly number[]) => Math.ceil(sizeOf(shape) / 4) * 4;
  const start = heap.allocate(ordered.reduce((sum, { shape }) => sum + padded(shape), 0));
  const places = new Map<string, { at: number; size: number; layer: number; learns: boolean }>();
  let at = start;
  let count = 0;
  for (const { name, shape, layer, learns } of ordered) {
    places.set(name, { at, size: sizeOf(shape), layer, learns });
    at += FLOAT * padded(shape);
    if (learns) count += padded(shape);
  }
  return {
    start,
    count,
    at: (name) => places.get(name)?.at ?? 0,
    learning: (from) =>
      [...places]
        .filter(([, { layer, learns }]) => learns && layer >= from)
        .map(([name, { at, size }]) => ({ name, at, size })),
    values: (name) => heap.floats(places.get(name)!.at, places.get(name)!.size),
    dispose: () => heap.free(start),
  };
}
