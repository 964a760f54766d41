import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insideFrame } from '../../src/preprocess/ink/find/frame.js';
import { prepare } from '../../src/preprocess/prepare.js';
import { samplePlane } from '../../src/preprocess/ink/image/sample.js';
import type { Preprocessing } from '../../src/types.js';
import type { Point } from '../support/points.js';
import { points } from '../support/points.js';
import type { Colour, Drawing, Picture } from './support/ink-drawings.js';
import {
  BLACK,
  CLEAR,
  correlation,
  darker,
  DIGITS,
  drawing,
  EVERY_DIGIT,
  gaussian,
  paint,
  WHITE,
} from './support/ink-drawings.js';

const INK: Preprocessing = { kind: 'ink', mean: [0], std: [1] };
const read = (picture: Picture) => prepare({ kind: 'pixels', ...picture }, INK, [28, 28, 1]);

const GREY: Colour = [136, 136, 136, 255];
const BLUE: Colour = [0, 0, 255, 255];
const EMPTY = paint(300, 300, () => WHITE);
const PAPERS: Drawing[] = [{}, { paper: BLACK, ink: WHITE }, { paper: CLEAR }, { paper: CLEAR, ink: WHITE }];

/** Lines on some sides: their middle is `inset` from the edge, in pixels, corners rounded. */
interface Frame {
  line: number;
  inset?: number;
  radius?: number;
  colour?: Colour;
  sides?: string;
}

/** Draws a frame over or under a picture as strokeRect or roundRect would, anti-aliased. */
function framed({ data, width, height }: Picture, frame: Frame): Picture {
  const { line, inset = 0, radius = 0, colour = GREY, sides = 'left top right bottom' } = frame;
  const out = data.slice();
  const far = (side: string, distance: number) => (sides.includes(side) ? distance - inset : Infinity);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const u = Math.min(far('left', x + 0.5), far('right', width - x - 0.5));
      const v = Math.min(far('top', y + 0.5), far('bottom', height - y - 0.5));
      // Signed distance to the rounded rectangle, positive inside.
      const inCorner = u < radius && v < radius;
      const inside = inCorner ? radius - Math.hypot(radius - u, radius - v) : Math.min(u, v);
      const cover = Math.min(1, Math.max(0, line / 2 + 0.5 - Math.abs(inside)));
      if (cover === 0) continue;
      const under = out[i + 3] ?? NaN;
      const alpha = under * (1 - cover) + colour[3] * cover;
      for (const c of [0, 1, 2] as const)
        out[i + c] = ((out[i + c] ?? NaN) * under * (1 - cover) + colour[c] * 255 * cover) / alpha;
      out[i + 3] = alpha;
    }
  }
  return { data: out, width, height };
}

/** Every digit in a frame must look as it does without. */
function unseen(frame: Frame, options: Drawing = {}, digits = EVERY_DIGIT, atLeast = 0.99): void {
  for (const digit of digits) {
    const plain = drawing(DIGITS[digit], { width: 300, ...options });
    const { values, blank } = read(framed(plain, frame));
    const same = blank ? 0 : correlation(values, read(plain).values);
    const what = `${digit} on ${options.paper ?? 'white'} in ${JSON.stringify(frame)}`;
    assert.ok(same >= atLeast, `${what}: correlation ${same.toFixed(4)}, at least ${atLeast}`);
  }
}

const FRAMES: Frame[] = [
  { line: 2 },
  { line: 2, inset: 1 },
  { line: 4, colour: [204, 204, 204, 255] },
  { line: 8, colour: BLUE },
  { line: 10, colour: [200, 30, 30, 255] },
  { line: 2, inset: 10 },
  { line: 3, inset: 23 },
  { line: 3.5, inset: 6.3 },
];

test('a frame at the edge or a little inside is no ink, whatever the background', () => {
  for (const options of PAPERS) for (const frame of FRAMES) unseen(frame, options, ['1', '5', '7', '8']);
});

test('a frame of the colour of the ink', () => {
  for (const options of PAPERS) {
    for (const line of [1, 2, 10]) unseen({ line, inset: line, colour: options.ink ?? BLACK }, options);
  }
});

test('rounded corners', () => {
  for (const radius of [4, 8, 16, 24]) {
    for (const inset of [1, 10]) unseen({ line: 2, inset, radius, colour: BLACK }, {}, ['0', '4', '7']);
  }
});

test('frames at device pixel ratios 1, 2 and 3, on small and wide pictures', () => {
  for (const ratio of [1, 2, 3]) unseen({ line: ratio, inset: ratio / 2 }, { width: 200 * ratio }, ['2', '7']);
  unseen({ line: 2 }, { width: 1500 }, ['2', '7']);
  unseen({ line: 2, colour: BLACK }, { width: 28, size: 18, pen: 2 }, ['2', '7'], 0.95);
  unseen({ line: 2, inset: 1 }, { width: 600, height: 120 });
});

test('lines on some of the sides', () => {
  for (const sides of ['bottom', 'top', 'left', 'top bottom', 'left bottom', 'left top right', 'left bottom right']) {
    for (const inset of [1, 8]) {
      for (const options of PAPERS) unseen({ line: 2, inset, sides }, options, ['1', '2', '7']);
    }
  }
  unseen({ line: 2, sides: 'bottom', colour: BLACK }, { width: 500, height: 100 });
});

test('ink that crosses a frame on two sides', () => {
  const across = drawing(DIGITS[1], { width: 300, y: -10, size: 320, pen: 16 });
  for (const frame of [
    { line: 2, inset: 1 },
    { line: 6, colour: BLACK },
  ]) {
    const { values, blank } = read(darker(framed(EMPTY, frame), across));
    assert.ok(!blank && correlation(values, read(across).values) > 0.95);
  }
});

test('ink that touches a line of another colour', () => {
  const touching: Drawing = { width: 300, size: 286, y: 0 };
  unseen({ line: 6, sides: 'bottom', colour: BLUE }, touching, ['1', '4'], 0.97);
});

test('an empty frame is blank', () => {
  for (const colour of [WHITE, BLACK, CLEAR]) {
    const empty = paint(300, 300, () => colour);
    for (const frame of FRAMES) assert.equal(read(framed(empty, frame)).blank, true, JSON.stringify(frame));
  }
});

test('a square and a 0 well inside are no frame', () => {
  for (const inset of [36, 60, 110]) {
    for (const radius of [0, 12]) {
      const square = framed(EMPTY, { line: 14, inset, radius, colour: BLACK });
      const { values, blank } = read(square);
      assert.equal(blank, false);
      const right = values.slice(14 * 28 + 15, 15 * 28).reduce((a, b) => Math.max(a, b));
      assert.ok(right > 0.9 && values[14 * 28 + 14] === 0, `inset ${inset}, radius ${radius}`);
    }
  }
});

test('ink too large for the canvas is no frame', () => {
  const place = gaussian(5);
  for (const pen of [2, 8, 20, 40]) {
    for (const digit of EVERY_DIGIT) {
      for (const over of pen > 2 ? [0, 0.25, 0.5] : [0]) {
        // From all of the pen to half of it inside on all sides, and a little moved.
        const options = { x: pen * (0.5 - over) + 3 * place(), y: pen * (0.5 - over) + 3 * place() };
        const size = 300 - pen * (1 - 2 * over);
        const width = Math.ceil(size * 0.6 + pen * (1 - 2 * over));
        const large = drawing(DIGITS[digit], { ...options, width, height: 300, size, pen });
        const plane = samplePlane(large, { x: 0, y: 0, width, height: 300 }, 2);
        const whole = { x: 0, y: 0, width, height: 300 };
        assert.deepEqual(insideFrame(plane, whole), whole, `${digit}, pen ${pen}, ${over} outside`);
      }
    }
  }
});

test('a hand-drawn line around the canvas is no frame', () => {
  const wave = (from: number, to: number, y: number) =>
    Array.from({ length: 21 }, (_, i): Point => [from + ((to - from) * i) / 20, y + 1.25 * Math.sin(i)]);
  const [top, bottom] = [wave(8, 92, 6), wave(92, 8, 94)];
  const square = [...top, ...points('93,50'), ...bottom, ...points('7,50'), ...top.slice(0, 1)];
  const { values, blank } = read(drawing([square], { width: 300, x: 0, y: 0, size: 300, pen: 12 }));
  assert.equal(blank, false);
  assert.ok(values.slice(14 * 28, 15 * 28).some((value) => value > 0.9) && values[14 * 28 + 14] === 0);
});
