import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composition } from '../../scripts/lib/counterexamples/compositions.mjs';
import { drawn } from '../../scripts/lib/writing.mjs';
import { random } from '../../src/common/random.js';

test('things put together by chance: always others, of at least two strokes, near a box of 1 by 1, the same by the same seed', () => {
  const next = random(1);
  const drawings = Array.from({ length: 1000 }, () => composition(next));
  for (const strokes of drawings) {
    assert.ok(strokes.length >= 2, 'a body alone could be a 0');
    assert.ok(strokes.flat(2).every((value: number) => Math.abs(value) < 2.5));
  }
  for (const strokes of drawings.slice(0, 50)) assert.ok(Math.max(...drawn(strokes)) > 0.9);
  assert.equal(new Set(drawings.map((strokes) => JSON.stringify(strokes))).size, 1000);
  assert.deepEqual(composition(random(1)), drawings[0]);
});
