import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random, shuffle } from '../../src/common/random.js';

const add = (counts: number[], at: number) => (counts[at] = (counts[at] ?? NaN) + 1);

test('numbers are the same for the same seed, lie in [0, 1), and spread evenly', () => {
  for (const seed of [0, 1, 2 ** 32 - 1]) {
    const [a, b] = [random(seed), random(seed)];
    const values = Array.from({ length: 20_000 }, a);
    assert.deepEqual(values.slice(0, 100), Array.from({ length: 100 }, b));
    assert.ok(values.every((value) => value >= 0 && value < 1));
    const counts = new Array<number>(20).fill(0);
    for (const value of values) add(counts, Math.floor(value * 20));
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    assert.ok(chiSquared < 43.8, `chi squared ${chiSquared} of 19 degrees of freedom`); // 0.1 %
    const offsets = values.map((value) => value - 0.5);
    const lag = offsets.slice(1).reduce((sum, offset, i) => sum + offset * (offsets[i] ?? NaN), 0) / 20_000;
    assert.ok(Math.abs(lag) < 0.0025, `neighbours go together: ${lag}`);
  }
});

test('neighbouring seeds have nothing to do with each other', () => {
  const first = Array.from({ length: 5000 }, (_, seed) => random(seed)());
  assert.equal(new Set(first).size, 5000);
  const mean = first.reduce((a, b) => a + b) / 5000;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `mean ${mean}`);
});

test('a shuffle loses nothing and puts everything everywhere equally often', () => {
  const next = random(5);
  const counts = new Array<number>(25).fill(0); // [value, place]
  for (let run = 0; run < 5000; run++)
    shuffle([0, 1, 2, 3, 4], next).forEach((value, place) => add(counts, value * 5 + place));
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 120, `${count} of 5000`);
  const list = Uint32Array.from({ length: 1000 }, (_, i) => i);
  assert.equal(shuffle(list, next), list, 'in place');
  assert.notDeepEqual([...list.slice(0, 5)], [0, 1, 2, 3, 4]);
  assert.deepEqual(
    [...list].sort((a, b) => a - b),
    [...list.keys()],
  );
  assert.deepEqual(shuffle([], next), []);
});
