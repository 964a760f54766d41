import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepare } from '../../src/preprocess/prepare.js';
import type { Preprocessing } from '../../src/types.js';
import type { Colour, Drawing, Picture } from './support/ink-drawings.js';
import { correlation, darker, DIGITS, drawing, EVERY_DIGIT, paint, WHITE } from './support/ink-drawings.js';

const INK: Preprocessing = { kind: 'ink', mean: [0], std: [1] };
const read = (picture: Picture) => prepare({ kind: 'pixels', ...picture }, INK, [28, 28, 1]);

const SIZE = 480;
const PENCIL: Colour = [60, 60, 60, 255];
const PALE: Colour = [150, 150, 150, 255];
const written: Drawing = { width: SIZE, x: 190, y: 140, size: 180, pen: 13, ink: PENCIL };

/** Every digit must look on paper as it does on a clean canvas. */
function alike(what: string, onPaper: (plain: Picture) => Picture, atLeast = 0.95): void {
  for (const digit of EVERY_DIGIT) {
    const plain = drawing(DIGITS[digit], written);
    const { values, blank } = read(onPaper(plain));
    const same = blank ? 0 : correlation(values, read(plain).values);
    assert.ok(same >= atLeast, `${digit}, ${what}: correlation ${same.toFixed(3)}, at least ${atLeast}`);
  }
}

const lit = (plain: Picture, light: (x: number, y: number) => number): Picture => ({
  ...plain,
  data: plain.data.map((value, i) =>
    i % 4 === 3 ? value : value * light((i >> 2) % plain.width, Math.floor((i >> 2) / plain.width)),
  ),
});

const printed = (isLine: (x: number, y: number) => boolean, colour = PALE) =>
  paint(SIZE, SIZE, (x, y) => (isLine(x, y) ? colour : WHITE));

test('hard shadows: across, and in a corner', () => {
  alike('a shadow across', (plain) => lit(plain, (x, y) => (y > 235 + 0.3 * x - 60 ? 0.8 : 1)));
  alike('a shadow in a corner', (plain) => lit(plain, (x, y) => (x + y < 260 ? 0.5 : 1)));
});

test('ruled and squared paper, a printed box', () => {
  const isRule = (at: number) => at % 70 < 2;
  alike(
    'ruled',
    (plain) =>
      darker(
        plain,
        printed((_, y) => isRule(y + 30)),
      ),
    0.93,
  );
  alike(
    'squared',
    (plain) =>
      darker(
        plain,
        printed((x, y) => isRule(x + 40) || isRule(y + 30)),
      ),
    0.9,
  );
  const inBox = (inset: number) => (x: number, y: number) =>
    Math.max(Math.abs(x - 240), Math.abs(y - 240)) < 160 - inset;
  alike('a box', (plain) =>
    darker(
      plain,
      printed((x, y) => inBox(0)(x, y) && !inBox(3)(x, y)),
    ),
  );
});

test('a sheet askew on a dark table', () => {
  const onSheet = (x: number, y: number) =>
    Math.max(Math.abs(x - 240 + 0.15 * (y - 240)), Math.abs(y - 240 - 0.15 * (x - 240))) < 205;
  alike('a sheet', (plain) => lit(plain, (x, y) => (onSheet(x, y) ? 1 : 0.15)));
});

test('an empty sheet of ruled or squared paper is blank, one with the least ink on it is not', () => {
  const colours: [string, Colour][] = [
    ['pale', [215, 220, 235, 255]],
    ['half as dark', PALE],
    ['as dark as ink', PENCIL],
  ];
  const isRule = (at: number) => at % 70 < 2;
  for (const [how, colour] of colours) {
    const ruled = printed((x, y) => isRule(y + 30 + Math.round(x / 30)), colour); // askew
    const squared = printed((x, y) => isRule(x + 40) || isRule(y + 30), colour);
    for (const [kind, sheet] of Object.entries({ ruled, squared })) {
      assert.ok(read(sheet).blank, `${kind}, ${how}`);
      assert.ok(read(lit(sheet, (x) => 0.6 + (0.4 * x) / SIZE)).blank, `${kind}, ${how}, in light that falls off`);
      for (const [what, x, y] of [
        ['a dot', 250, 285],
        ['a dot on a line', 250, 249],
      ] as const) {
        const dot = paint(SIZE, SIZE, (u, v) => (Math.hypot(u - x, v - y) < 6 ? PENCIL : WHITE));
        assert.ok(!read(darker(sheet, dot)).blank, `${what}, ${kind}, ${how}`);
      }
      const one = paint(SIZE, SIZE, (u, v) => (Math.abs(u - 240) < 4 && Math.abs(v - 215) < 25 ? PENCIL : WHITE));
      assert.ok(!read(darker(sheet, one)).blank, `a stroke along a line, ${kind}, ${how}`);
    }
  }
});
