import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from '../../src/models/files/float16.js';

const ALL = Uint16Array.from({ length: 0x10000 }, (_, i) => i);

/** A half's value by its definition: (-1)^s · 2^(e-15) · 1.m, or 2^-14 · 0.m. */
function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = (half & 1023) / 1024;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}

const isNaN16 = (half = 0) => (half & 0x7fff) > 0x7c00;

test('every float16 is read exactly, and written back the same', () => {
  const floats = float16ToFloat32(ALL);
  assert.ok(ALL.every((half) => Object.is(floats[half], valueOf(half))));
  const back = float32ToFloat16(floats);
  assert.ok(ALL.every((half) => (Number.isNaN(valueOf(half)) ? isNaN16(back[half]) : back[half] === half)));
});

test('float32 is rounded to the nearest float16, ties to even', () => {
  const step = (value: number, by: number): number => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    view.setUint32(0, view.getUint32(0) + by);
    return view.getFloat32(0);
  };
  for (let half = 0; half < 0x7c00; half++) {
    const next = half + 1 === 0x7c00 ? 65536 : valueOf(half + 1); // what infinity would be, were it a number
    const middle = (valueOf(half) + next) / 2; // exact in float32
    const [below, tie, above] = float32ToFloat16(Float32Array.of(step(middle, -1), middle, step(middle, 1)));
    assert.deepEqual([below, tie, above], [half, half + (half & 1), half + 1], `around ${middle}`);
    assert.equal(float32ToFloat16(Float32Array.of(-middle))[0], 0x8000 + half + (half & 1));
  }
});

test('the ends of float32 become zero, infinity or NaN', () => {
  const ends = Float32Array.of(0, -0, 2 ** -149, -(2 ** -149), 3.4e38, -3.4e38, Infinity, -Infinity, NaN);
  assert.deepEqual([...float32ToFloat16(ends)], [0, 0x8000, 0, 0x8000, 0x7c00, 0xfc00, 0x7c00, 0xfc00, 0x7e00]);
  assert.equal(float32ToFloat16(new Float32Array([9, 1]).subarray(1))[0], 0x3c00, 'a view from the middle of a buffer');
});

test('bfloat16 is the upper half of a float32', () => {
  const floats = bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc049, 0x0001, 0x8000, 0x7f80, 0x7fc0));
  assert.deepEqual([...floats], [1, -3.140625, 2 ** -133, -0, Infinity, NaN]);
});
