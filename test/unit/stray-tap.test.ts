import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStrayTap } from '../../src/elements/ink-pad/stray-tap.js';
import type { InkStroke } from '../../src/elements/ink-pad/sketch.js';

const long: InkStroke = Array.from({ length: 300_000 }, (_, i) => [0.1, i / 300_000]);

test('a tap is told from a dot beside any amount of ink', () => {
  assert.equal(isStrayTap([long, [[0.2, 0.5]]], 200), false);
  assert.equal(isStrayTap([long, [[0.95, 0.5]]], 200), true);
  assert.equal(isStrayTap([[[0.5, 0.5]]], 200), false);
});
