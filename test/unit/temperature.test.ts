import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../src/common/random.js';
import { softmax } from '../../src/training/loop/metrics.js';
import { calibrationError, fitTemperature } from '../../src/training/confidence/temperature.js';

/** Logits of four classes whose truth is drawn from their own softmax at `temperature`. */
function drawn(count: number, temperature: number, seed: number) {
  const next = random(seed);
  const logits = Float32Array.from({ length: 4 * count }, () => 8 * next());
  const classes = Int32Array.from({ length: count }, (_, i) => {
    let left = next();
    const at = softmax(logits, 4 * i, 4, temperature).findIndex((share) => (left -= share) < 0);
    return at < 0 ? 3 : at;
  });
  return { logits, classes };
}

test('a temperature divides logits', () => {
  assert.deepEqual(softmax([2, 4, 6], 0, 3, 2), softmax([1, 2, 3]));
});

test('the temperature that made the truth is found, and calibrates', () => {
  for (const temperature of [0.5, 1, 3]) {
    const { logits, classes } = drawn(20_000, temperature, 1);
    const found = fitTemperature(logits, classes);
    assert.ok(Math.abs(found / temperature - 1) < 0.05, `${found}`);
    assert.ok(calibrationError(logits, classes, found) < 0.015);
    if (temperature !== 1) assert.ok(calibrationError(logits, classes) > 0.05);
  }
});

test('few samples do not lead far away from what was known; none, not at all', () => {
  const { logits, classes } = drawn(5, 1, 2);
  const right = Int32Array.from(classes, (_, i) => {
    const row = [...logits.subarray(4 * i, 4 * i + 4)];
    return row.indexOf(Math.max(...row));
  });
  assert.ok(fitTemperature(logits, right) < 0.2, 'always right: as sure as may be');
  const tempered = fitTemperature(logits, right, 2);
  assert.ok(tempered > 1.7 && tempered < 2, `${tempered}`);
});

test('the calibration error is the gap between confidence and accuracy', () => {
  const logits = Float32Array.from([0, 0, 0, 0, 0, 0, 0, 0]); // confidence one half, right in all
  assert.equal(calibrationError(logits, Int32Array.from([0, 0, 0, 0])), 0.5);
  assert.equal(calibrationError(logits, Int32Array.from([0, 1, 0, 1])), 0);
});
