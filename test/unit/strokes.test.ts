import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandfulError } from '../../src/errors.js';
import { prepare } from '../../src/preprocess/prepare.js';
import type { Point, Preprocessing } from '../../src/types.js';
import { points } from '../support/points.js';
import type { Strokes } from './support/ink-drawings.js';
import { correlation, DIGITS, drawing, EVERY_DIGIT, line, measure } from './support/ink-drawings.js';

const INK: Preprocessing = { kind: 'ink', mean: [0], std: [1] };
const read = (strokes: readonly (readonly Point[])[]) => prepare({ kind: 'strokes', strokes }, INK, [28, 28, 1]);

const moved = (strokes: Strokes, scale: number, x: number, y: number): Strokes =>
  strokes.map((stroke) => stroke.map(([u, v]) => [u * scale + x, v * scale + y] as const));

test('strokes look as they do drawn on a canvas', () => {
  for (const digit of EVERY_DIGIT) {
    const fromStrokes = read(DIGITS[digit]).values;
    for (const pen of [4, 14, 24]) {
      const { values } = prepare({ kind: 'pixels', ...drawing(DIGITS[digit], { pen }) }, INK, [28, 28, 1]);
      const same = correlation(fromStrokes, values);
      assert.ok(same > 0.96, `${digit}, pen ${pen}: correlation ${same.toFixed(4)}`);
    }
  }
});

test('the unit and the place of strokes do not matter', () => {
  for (const [scale, x, y] of [
    [0.001, 0, 0],
    [1, -500, 300],
    [37, 1e4, 1e5],
    [1e200, 0, 0],
    [1e-200, 0, 0],
  ] as const) {
    const same = correlation(read(moved(DIGITS[5], scale, x, y)).values, read(DIGITS[5]).values);
    assert.ok(same > 0.9999, `times ${scale}: correlation ${same}`);
  }
});

test('a digit is 20 pixels high and centred by mass, 0 to 1', () => {
  for (const digit of EVERY_DIGIT) {
    const { values } = read(DIGITS[digit]);
    const { height, x, y } = measure(values);
    assert.ok(height >= 20 && height <= 21, `${digit} is ${height} high`);
    assert.ok(Math.abs(x - 14.5) < 0.05 && Math.abs(y - 14.5) < 0.05, `${digit} is centred at ${x}, ${y}`);
    assert.ok(Math.min(...values) === 0 && Math.max(...values) > 0.99 && Math.max(...values) <= 1);
  }
});

test('a stroke of one point is a dot, alone or in a drawing', () => {
  for (const strokes of [[points('5,5')], [[], points('5,5')], [points('5,5 5,5')]]) {
    const { width, height, mass } = measure(read(strokes).values);
    assert.ok(width <= 4 && height <= 4 && mass > 4 && mass < 7, `${width} x ${height}, ${mass}`);
  }
  const withDot = measure(read([line(0, 40, 0, 100), [[0, 0]]]).values).mass;
  const without = measure(read([line(0, 40, 0, 100), [[0, 100]]]).values).mass;
  assert.ok(withDot > 0 && measure(read([line(0, 40, 0, 100), [[0, 0]]]).values).height >= 20);
  assert.ok(withDot < without); // the same box holds a shorter line
});

test('a tap far from the drawing is left out, dots of letters are not', () => {
  for (const digit of EVERY_DIGIT) {
    const tapped = [points('400,50'), ...DIGITS[digit], points('20,-300 21,-300'), []];
    assert.deepEqual(read(tapped).values, read(DIGITS[digit]).values);
  }
  for (const top of [50, 70]) {
    const stem = line(0, top, 0, 100); // of an i; of a semicolon, upside down
    assert.ok(correlation(read([stem, [[0, 28]]]).values, read([stem]).values) < 0.9);
  }
  assert.ok(measure(read([[[0, 0]], [[0, 100]]]).values).height >= 20); // a colon
  const shaken = read([points('0,0'), points('0,50 1,51'), points('0,100')]).values;
  assert.ok(measure(shaken).height >= 20 && measure(shaken).width < 5);
});

test('lop-sided drawings stay inside the image', () => {
  const hook = [points('0,0 0,100 5,100 0,95 5,90 100,100'), line(0, 95, 9, 95)];
  const { width, height } = measure(read(hook).values);
  assert.ok(width >= 20 && height >= 20, `${width} x ${height}`);
});

test('what follows x and y is ignored', () => {
  const timed = DIGITS[7].map((stroke) => stroke.map(([x, y], i) => [x, y, i * 16, NaN] as const));
  assert.deepEqual(read(timed).values, read(DIGITS[7]).values);
});

test('no strokes, or strokes without points, are blank', () => {
  for (const strokes of [[], [[]], [[], []]]) {
    const { values, blank } = read(strokes);
    assert.equal(blank, true);
    assert.ok(values.length === 784 && values.every((value) => value === 0));
  }
});

test('malformed strokes are refused', () => {
  const wrong: unknown[] = [
    null,
    5,
    'x',
    {},
    [null],
    [5],
    [[5]],
    [[[1]]],
    [[[1, NaN]]],
    [[[Infinity, 2]]],
    [[['1', '2']]],
  ];
  for (const strokes of [
    ...wrong,
    [[[1, 2], null]],
    [[{ x: 1, z: 2 }]],
    [new Array(2)],
    new Array(2),
    [points('1e308,0 -1e308,0')],
  ]) {
    assert.throws(
      () => read(strokes as Strokes),
      (error) => error instanceof HandfulError && error.code === 'bad-input' && /expected/.test(error.message),
      JSON.stringify(strokes),
    );
  }
});
