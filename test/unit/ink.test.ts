import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepare } from '../../src/preprocess/prepare.js';
import type { Preprocessing } from '../../src/types.js';
import { points } from '../support/points.js';
import type { Digit, Drawing, Picture, Strokes } from './support/ink-drawings.js';
import {
  BLACK,
  CLEAR,
  correlation,
  darker,
  DIGITS,
  drawing,
  EVERY_DIGIT,
  gaussian,
  line,
  measure,
  paint,
  WHITE,
} from './support/ink-drawings.js';

const INK: Preprocessing = { kind: 'ink', mean: [0], std: [1] };
const read = (picture: Picture) => prepare({ kind: 'pixels', ...picture }, INK, [28, 28, 1]);

/** What the network sees of a drawing; fails if that is nothing. */
function image(strokes: Strokes, options?: Drawing): Float32Array {
  const { values, blank } = read(drawing(strokes, options));
  assert.equal(blank, false);
  return values;
}

const usual = Object.fromEntries(EVERY_DIGIT.map((digit) => [digit, image(DIGITS[digit])])) as Record<
  Digit,
  Float32Array
>;

/** Every digit drawn in one way must look as it does drawn in the usual way: black, centred, 280 x 280. */
function alike(options: Drawing, atLeast: number, digits = EVERY_DIGIT): void {
  for (const digit of digits) {
    const same = correlation(image(DIGITS[digit], options), usual[digit]);
    assert.ok(same >= atLeast, `${digit}: correlation ${same.toFixed(4)}, at least ${atLeast}`);
  }
}

test('ink fills 20 of 28 pixels, its centre of mass where MNIST has it', () => {
  for (const digit of EVERY_DIGIT) {
    const { height, x, y } = measure(image(DIGITS[digit]));
    assert.ok(height >= 20 && height <= 21, `${digit} is ${height} high`);
    assert.ok(Math.abs(x - 14.5) < 0.05 && Math.abs(y - 14.5) < 0.05, `${digit} is centred at ${x}, ${y}`);
  }
});

test('values go from 0 to 1, and [784] gets the same as [28, 28, 1]', () => {
  const picture = drawing(DIGITS[5]);
  const { values } = read(picture);
  assert.equal(Math.min(...values), 0);
  assert.ok(Math.max(...values) > 0.99 && Math.max(...values) <= 1);
  assert.deepEqual(prepare({ kind: 'pixels', ...picture }, INK, [784]).values, values);
});

test('polarity and colour do not matter', () => {
  alike({ ink: WHITE, paper: BLACK }, 0.9999);
  alike({ ink: [200, 40, 90, 255], paper: [250, 245, 220, 255] }, 0.999);
  alike({ ink: [255, 255, 0, 255] }, 0.999);
  alike({ ink: [238, 238, 238, 255] }, 0.999);
});

test('ink of any colour over a transparent background', () => {
  alike({ paper: CLEAR }, 0.999);
  alike({ paper: CLEAR, ink: WHITE }, 0.999);
  alike({ paper: CLEAR, ink: [30, 90, 220, 255] }, 0.999);
  alike({ paper: CLEAR, ink: [30, 90, 220, 120] }, 0.999);
  alike({ paper: [255, 255, 255, 0], ink: BLACK }, 0.999);
});

test('place and size do not matter', () => {
  alike({ x: 3, y: 2, size: 90, pen: 8 }, 0.975);
  alike({ x: 190, y: 150, size: 120, pen: 11 }, 0.98);
});

test('tiny canvases', () => {
  alike({ width: 12, size: 9, pen: 1 }, 0.93);
  alike({ width: 28, size: 18, pen: 2 }, 0.97);
});

test('huge canvases', () => {
  alike({ width: 2000 }, 0.99, ['5']);
  alike({ width: 2000, x: 1500, y: 30, size: 100, pen: 6 }, 0.99, ['8']);
  alike({ width: 3000, x: 1500, y: 2000, size: 600, pen: 1 }, 0.97, ['2']); // a hairline
});

test('device pixel ratios 1, 2 and 3', () => {
  for (const ratio of [1, 2, 3]) alike({ width: 200 * ratio }, 0.995, ['3', '4', '5', '8']);
});

test('thin and thick pens', () => {
  for (const pen of [1, 2, 6, 24, 32]) alike({ pen }, 0.96);
  alike({ pen: 44 }, 0.9, ['0', '1', '2', '3', '7']);
});

test('parts thinner than the rest survive a thick pen', () => {
  const picture = drawing([line(30, 20, 30, 100)], { pen: 50 });
  const thin = drawing([line(-20, 0, 90, 0)], { pen: 8 });
  const { width } = measure(read(darker(picture, thin)).values, 0.3);
  assert.ok(width >= 18, `the bar is ${width} wide`);
});

test('ink that touches the border', () => {
  alike({ width: 60, height: 100, x: 0, y: 0, size: 100, pen: 8 }, 0.88); // half of the pen's width is cut off
});

test('detached parts stay, specks of dust go', () => {
  const dotted = image([line(30, 35, 30, 100), [[30, 0]]]);
  const { height } = measure(dotted);
  assert.ok(height >= 20, `with its dot the i is ${height} high`);
  const specks = points('20,30 250,60 30,260 200,20');
  const dusty = (x: number, y: number) => specks.some(([u, v]) => Math.hypot(u - x, v - y) < 2.5);
  alike({ light: (value, x, y) => (dusty(x * 280, y * 280) ? 0 : value) }, 0.99);
});

test('a tap far from the drawing is left out, dots of letters are not', () => {
  const small = { width: 600, x: 60, y: 200, size: 150, pen: 12 };
  for (const digit of EVERY_DIGIT) {
    const tapped = image([...DIGITS[digit], [[280, 90]]], small);
    const same = correlation(tapped, image(DIGITS[digit], small));
    assert.ok(same > 0.9999, `${digit}: correlation ${same.toFixed(4)}`);
  }
  const stem = line(30, 50, 30, 100);
  assert.ok(correlation(image([stem, [[30, 10]]]), image([stem])) < 0.9);
  const { height } = measure(image([[[30, 0]], [[30, 100]]], { pen: 12 }));
  assert.ok(height >= 20, `a colon is ${height} high`);
});

test('a frame of a video: noise, uneven light, little contrast', () => {
  const random = gaussian(7);
  const light = (value: number, x: number, y: number) => value * (1 - 0.4 * x - 0.2 * y * y) + 7 * random();
  const frame: Drawing = {
    width: 320,
    height: 240,
    size: 150,
    pen: 10,
    ink: [50, 50, 70, 255],
    paper: [200, 190, 170, 255],
  };
  alike({ ...frame, light }, 0.98);
  alike({ ...frame, ink: [190, 190, 180, 255], paper: [60, 60, 60, 255], light }, 0.98);
});

test('a dot stays a dot, a line does not become a block', () => {
  for (const pen of [4, 17, 120]) {
    const dot = measure(image([[[30, 50]]], { pen }));
    assert.ok(
      dot.width <= 4 && dot.height <= 4 && dot.mass > 3,
      `pen ${pen}: ${dot.width} x ${dot.height}, ${dot.mass}`,
    );
    const bar = measure(image([line(30, 0, 30, 100)], { pen: pen / 2 }));
    assert.ok(bar.width <= 5 && bar.height >= 20, `pen ${pen / 2}: ${bar.width} x ${bar.height}`);
  }
});

test('extreme shapes of picture', () => {
  const bar = (width: number, height: number, inside: (x: number, y: number) => boolean) =>
    measure(read(paint(width, height, (x, y) => (inside(x, y) ? BLACK : WHITE))).values);
  const row = bar(4000, 3, (x, y) => x > 1000 && x < 1200 && y === 1);
  assert.ok(row.width >= 20 && row.height <= 4);
  const column = bar(2, 900, (_, y) => y > 100 && y < 160);
  assert.ok(column.height >= 20 && column.width <= 5);
  assert.ok(bar(3, 3, (x, y) => x === 1 && y === 1).mass > 3);
});

test('blank: nothing drawn, whatever the colour and size', () => {
  for (const colour of [WHITE, BLACK, CLEAR, [255, 255, 255, 0], [12, 200, 90, 255], [90, 10, 10, 99]] as const) {
    for (const [width, height] of points('1,1 1,40 12,12 280,280 4000,2')) {
      const { values, blank } = read(paint(width, height, () => colour));
      assert.equal(blank, true, `${colour} ${width} x ${height}`);
      assert.ok(values.length === 784 && values.every((value) => value === 0));
    }
  }
});

test('blank: noise, gradients, vignettes, traces of compression', () => {
  const random = gaussian(3);
  const blank = (name: string, grey: (x: number, y: number) => number, size = 280) => {
    const picture = paint(size, size, (x, y) => {
      const level = grey(x, y);
      return [level, level, level, 255];
    });
    assert.equal(read(picture).blank, true, name);
  };
  for (const sigma of [2, 8, 20]) {
    blank(`noise ${sigma}`, () => 150 + sigma * random());
    blank(`noise ${sigma} on few pixels`, () => 150 + sigma * random(), 28);
  }
  blank('linear gradient', (x, y) => 250 - 0.5 * x - 0.3 * y);
  blank('radial gradient', (x, y) => 250 - 0.5 * Math.hypot(x - 140, y - 140));
  blank('spot light', (x, y) => 80 + 170 * Math.exp(-((x - 140) ** 2 + (y - 120) ** 2) / 16200));
  blank('vignette', (x, y) => 230 / (1 + ((x - 140) ** 2 + (y - 140) ** 2) / 8e4) ** 2 + 4 * random());
  const blocks = Array.from({ length: 1225 }, () => 3 * random());
  blank('JPEG blocks', (x, y) => 238 + (blocks[(y >> 3) * 35 + (x >> 3)] ?? NaN));
});

test('not blank: one pixel, one hairline, faint ink', () => {
  assert.equal(read(paint(280, 280, (x, y) => (x === 90 && y === 31 ? BLACK : WHITE))).blank, false);
  assert.equal(read(paint(2000, 2000, (x, y) => (x === 90 && y > 300 ? BLACK : WHITE))).blank, false);
  assert.equal(read(drawing(DIGITS[1], { ink: [238, 238, 238, 255] })).blank, false);
});
