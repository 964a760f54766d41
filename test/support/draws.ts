import { normal, random } from '../../src/common/random.js';

/** Seeded draws for tests. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  /** Values of mean 0 and variance 1, exact in float32. */
  normal(count: number): Float32Array;
}

export function draws(seed: number): Draws {
  const uniform = random(seed);
  const whole = (least: number, most: number) => least + Math.floor(uniform() * (most - least + 1));
  return {
    uniform,
    whole,
    pick: (list) => list[whole(0, list.length - 1)]!,
    normal: (count) => Float32Array.from({ length: count }, () => normal(uniform)),
  };
}
