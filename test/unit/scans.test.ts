import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inkFromPicture } from '../../src/preprocess/ink/from-picture.js';
import { inkFromStrokes } from '../../src/preprocess/ink/from-strokes.js';
import { correlation, DIGITS } from './support/ink-drawings.js';

/** A five and a two as a scanner of 16 x 16 cells left them, stretched to their boxes. */
const SCANS = [
  '......########## ..#############. .#####.......... .##............. ###............. ###............. ###............. ' +
    '###########..... .######.####.... ..........##.... ..........###... ..........###... ..........###... #........###.... ' +
    '###########..... ..#######.......',
  '..###########... ..##.......####. ............###. .............##. ............#### ............###. ...........###.. ' +
    '.........####... ......#####..... ....####........ ..####.......... .####........... ###........##### ####...######... ' +
    '.##########..... ....###.........',
];

/** Black on white, with so many cells of paper around. */
function picture(rows: readonly string[], margin: number) {
  const size = 16 + 2 * margin;
  const data = new Uint8ClampedArray(4 * size * size).fill(255);
  rows.forEach((row, y) => {
    for (const [x, cell] of [...row].entries()) {
      const from = 4 * ((y + margin) * size + x + margin);
      if (cell === '#') data.fill(0, from, from + 3);
    }
  });
  return { data, width: size, height: size };
}

test('a scan that fills its frame is seen as it is with paper around', () => {
  for (const scan of SCANS) {
    const rows = scan.split(' ');
    const [tight, wide] = [0, 4].map((margin) => inkFromPicture(picture(rows, margin)));
    assert.ok(tight && wide && correlation(tight, wide) > 0.98);
  }
});

test('a tap below a digit is left out; the dot of an i, and of a question mark, is not', () => {
  const five = DIGITS[5].map((stroke) => stroke.map(([x, y]): [number, number] => [x, y]));
  const [ys, xs] = [1, 0].map((axis) => five.flat().map((point) => point[axis] ?? NaN)) as [number[], number[]];
  const [top, bottom, middle] = [Math.min(...ys), Math.max(...ys), (Math.min(...xs) + Math.max(...xs)) / 2];
  const height = bottom - top;
  const seen = inkFromStrokes(five);
  const dotted = (y: number) => inkFromStrokes([...five, [[middle, y]]]);
  assert.deepEqual(dotted(bottom + 0.8 * height), seen);
  assert.notDeepEqual(dotted(bottom + 0.3 * height), seen);
  assert.notDeepEqual(dotted(top - 0.8 * height), seen);
});
