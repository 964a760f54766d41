import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandfulError } from '../../src/errors.js';
import type { RawInput } from '../../src/preprocess/prepare.js';
import { prepare } from '../../src/preprocess/prepare.js';
import { standardise } from '../../src/preprocess/standardise.js';
import type { Preprocessing } from '../../src/types.js';
import { points } from '../support/points.js';
import type { Colour } from './support/ink-drawings.js';
import { paint } from './support/ink-drawings.js';

const INK: Preprocessing = { kind: 'ink', mean: [0.5], std: [0.5] };
const PHOTO: Preprocessing = { kind: 'photo', mean: [0.5, 0.4, 0.3], std: [0.5, 0.25, 0.1] };
const NONE: Preprocessing = { kind: 'none', mean: [0], std: [1] };

const read = (picture: ReturnType<typeof paint>, shape: number[]) =>
  prepare({ kind: 'pixels', ...picture }, PHOTO, shape).values;
const plain = (size: number, colour: Colour) => paint(size, size, () => colour);
const near = (a = NaN, b = NaN, by = 1e-3) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const refuses = (code: string, call: () => unknown) =>
  assert.throws(
    call,
    (error) => error instanceof HandfulError && error.code === code && /expected|needs/.test(error.message),
  );

test('a photo of the right size passes unchanged', () => {
  const picture = paint(32, 32, (x, y) => [x * 8, y * 8, (x * y) % 256, 255]);
  const values = read(picture, [32, 32, 3]);
  for (let i = 0; i < 1024; i++)
    for (let c = 0; c < 3; c++) near(values[i * 3 + c], (picture.data[i * 4 + c] ?? NaN) / 255);
});

test('the middle square is cut out', () => {
  for (const [width, height] of points('96,32 32,96')) {
    const inside = (x: number, y: number) => (width > height ? x >= 32 && x < 64 : y >= 32 && y < 64);
    const picture = paint(width, height, (x, y) => (inside(x, y) ? [255, 0, 0, 255] : [0, 255, 0, 255]));
    const values = read(picture, [32, 32, 3]);
    for (let i = 0; i < 1024; i++) near(values[i * 3], 1);
  }
});

test('flat colours stay, at any size; ramps stay ramps', () => {
  for (const size of [1, 7, 31, 33, 100, 500]) {
    for (const value of read(plain(size, [51, 51, 51, 255]), [32, 32, 3])) near(value, 0.2);
    if (size < 31) continue;
    const picture = paint(size, size, (x) => [(x + 0.5) * (255 / size), 0, 0, 255]);
    const ramp = read(picture, [32, 32, 3]);
    for (let x = 2; x < 30; x++) near(ramp[(10 * 32 + x) * 3], (x + 0.5) / 32, 0.004);
  }
});

test('a reduction averages instead of picking pixels', () => {
  const board = paint(320, 320, (x, y) => ((x + y) % 2 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
  const values = read(board, [32, 32, 3]);
  for (const value of values) near(value, 0.5, 0.02);
});

test('transparency is composited over white; one channel is luma', () => {
  near(read(plain(8, [0, 0, 0, 0]), [4, 4, 3])[5], 1);
  near(read(plain(8, [255, 0, 0, 51]), [4, 4, 3])[1], 0.8);
  near(read(plain(8, [255, 0, 0, 255]), [4, 4, 1])[0], 0.299);
});

test('values of the own shape are taken as they are, copied', () => {
  const data = new Float32Array(784).fill(0.25);
  for (const [preprocess, shape] of [
    [INK, [28, 28, 1]],
    [INK, [784]],
    [NONE, [784]],
  ] as const) {
    const { values, blank } = prepare({ kind: 'values', data }, preprocess, shape);
    assert.deepEqual(values, data);
    assert.notEqual(values, data);
    assert.equal(blank, false);
  }
  assert.equal(prepare({ kind: 'values', data: new Float32Array(784) }, INK, [784]).blank, true);
  assert.equal(prepare({ kind: 'values', data: new Float32Array(4) }, NONE, [4]).blank, false);
  assert.equal(prepare({ kind: 'values', data: Float32Array.of(-7, 300) }, NONE, [2]).values[1], 300);
  assert.equal(prepare({ kind: 'values', data: data.fill(1.0005) }, INK, [784]).values[0], 1);
});

test('hostile inputs are refused', () => {
  const bytes = new Uint8ClampedArray(16);
  const pixels = (over: object) => ({ kind: 'pixels', data: bytes, width: 2, height: 2, ...over }) as RawInput;
  const sizes = [{ width: 0 }, { width: 3 }, { height: -2 }, { width: 1.5 }, { width: NaN }, { height: '2' }];
  const wrong = [...sizes, { width: 0, height: 0, data: new Uint8Array(0) }, { data: [0] }, { data: null }];
  for (const over of wrong) {
    refuses('bad-input', () => prepare(pixels(over), INK, [784]));
    refuses('bad-input', () => prepare(pixels(over), PHOTO, [32, 32, 3]));
  }
  for (const value of [NaN, Infinity, -0.5, 1.5]) {
    const data = new Float32Array(784);
    data[9] = value;
    refuses('bad-input', () => prepare({ kind: 'values', data }, INK, [784]));
  }
  refuses('bad-input', () => prepare({ kind: 'values', data: new Float32Array(783) }, INK, [784]));
  refuses('bad-input', () => prepare({ kind: 'values', data: Float32Array.of(NaN) }, NONE, [1]));
  refuses('bad-input', () => prepare({ kind: 'values', data: [0] as never }, NONE, [1]));
  refuses('bad-input', () => prepare(pixels({}), NONE, [4]));
  refuses('bad-input', () => prepare({ kind: 'strokes', strokes: [[[0, 0]]] }, PHOTO, [32, 32, 3]));
  refuses('bad-input', () => prepare({ kind: 'sound' } as never, INK, [784]));
  refuses('bad-input', () => prepare(null as never, INK, [784]));
  refuses('bad-argument', () => prepare(pixels({}), INK, [32, 32, 3]));
  refuses('bad-argument', () => prepare(pixels({}), PHOTO, [784]));
});

test('standardise subtracts the mean and divides by the std of each channel', () => {
  const out = new Float32Array(8).fill(9);
  standardise(Float32Array.of(0.5, 0.4, 0.3, 1, 0.9, 0.5), PHOTO, out, 1);
  [9, 0, 0, 0, 1, 2, 2, 9].forEach((value, i) => near(out[i], value, 1e-5));
  assert.deepEqual([...standardise(Float32Array.of(0, 1), INK)], [-1, 1]);
  refuses('bad-argument', () => standardise(new Float32Array(4), PHOTO));
  refuses('bad-argument', () => standardise(new Float32Array(4), { ...INK, std: [0] }));
  refuses('bad-argument', () => standardise(new Float32Array(4), { ...INK, mean: [] }));
});
