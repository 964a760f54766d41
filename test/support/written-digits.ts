import { drawn } from '../../scripts/lib/writing.mjs';
import { writtenDigit } from '../../scripts/lib/synthetic-handwriting.mjs';
import { random } from '../../src/common/random.js';
import type { Sample } from '../../src/types.js';

/** So many digits, written at random, as prepared values. */
export function writtenDigits(count: number, seed: number): (Sample & { input: Float32Array; label: string })[] {
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const { digit, strokes } = writtenDigit(next);
    return { input: drawn(strokes), label: String(digit) };
  });
}

/** One digit of each kind, and again. */
export function oneOfEach(seed: number, times = 1): ReturnType<typeof writtenDigits> {
  const all = writtenDigits(100 * times, seed);
  return [...'0123456789'].flatMap((digit) => all.filter(({ label }) => label === digit).slice(0, times));
}
