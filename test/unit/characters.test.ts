import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linesOf } from '../../src/preprocess/characters/lines.js';
import { seams } from '../../src/preprocess/characters/seams.js';
import { writingIn } from '../../src/preprocess/characters/writing.js';
import { defaultPreprocess } from '../../src/models/preprocessing.js';
import { bestWay } from '../../src/workers/host/reading/best-way.js';
import type { Edge } from '../../src/workers/host/reading/lattice.js';
import { latticeOf } from '../../src/workers/host/reading/lattice.js';
import { markOf } from '../../src/workers/host/reading/marks.js';
import { points } from '../support/points.js';

const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });
const piece = (...sides: [number, number, number, number]) => ({ box: box(...sides), points: () => [] });

/** A mask of lines of text, `#` for ink. */
function drawn(...rows: string[]) {
  const cells = Uint8Array.from([...rows.join('')].map((cell) => Number(cell === '#')));
  return { width: rows[0]!.length, height: rows.length, cells };
}

function piecesOf(...boxes: ReturnType<typeof piece>[]) {
  const order = boxes.map((_, i) => i);
  return { pieces: boxes, orders: [order], height: 10, pen: 0, draw: () => new Float32Array(784) };
}

describe('cutting characters', () => {
  it('goes where the least ink is cut', () => {
    const found = seams(
      drawn(
        '##...##....##', //
        '##...##....##',
        '##########.##',
        '##...##..####',
        '##...##....##',
      ),
      5,
      2,
    );
    assert.deepEqual(
      found.map(({ ink }) => ink),
      [1, 1],
    );
    const [first, second] = found.map(({ columns }) => [...columns]);
    assert.ok(
      first!.every((x) => x >= 2 && x <= 4),
      `${first}`,
    );
    assert.ok(
      second!.every((x) => x >= 7 && x <= 10),
      `${second}`,
    );
  });

  it('finds nothing to cut where all is ink', () => {
    assert.deepEqual(seams(drawn('######', '######', '######', '######'), 2, 2), []);
  });

  it('takes a picture apart: what touches is cut only where it is not surely one', () => {
    const [width, height] = [120, 60];
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    const ink = (x: number, y: number, w: number, h: number) => {
      for (let v = y; v < y + h; v++) data.fill(0, (v * width + x) * 4, (v * width + x + w) * 4);
      for (let i = 3; i < data.length; i += 4) data[i] = 255;
    };
    ink(10, 10, 4, 40); // two upright strokes with a bridge, and one that stands alone
    ink(34, 10, 4, 40);
    ink(10, 28, 26, 4);
    ink(90, 10, 4, 40);
    const writing = writingIn({ kind: 'pixels', data, width, height }, defaultPreprocess([28, 28, 1]), [28, 28, 1])!;
    assert.equal(writing.doubtful.length, 1);
    const whole = writing.pieces([true]);
    assert.equal(whole.pieces.length, 2);
    for (const [i, sides] of [box(10, 10, 38, 50), box(90, 10, 94, 50)].entries())
      for (const side of ['left', 'top', 'right', 'bottom'] as const)
        assert.ok(Math.abs(whole.pieces[i]!.box[side] - sides[side]) <= 2, `${side} of ${i}`);
    const cut = writing.pieces([false]);
    assert.ok(cut.pieces.length > 2);
    assert.equal(cut.pieces.filter(({ cut }) => cut).length, cut.pieces.length - 2);
    assert.ok(Math.abs(whole.height - 40) <= 3);
  });

  const [ONE_HIGH, WIDE] = [280, 560];
  /** Two upright strokes on squared paper, half of it in shadow, as a camera takes it. */
  const onPaper = () => {
    const data = new Uint8ClampedArray(WIDE * ONE_HIGH * 4).fill(255);
    for (let y = 0, i = 0; y < ONE_HIGH; y++)
      for (let x = 0; x < WIDE; x++, i += 4) {
        const isInk = y >= 100 && y < 180 && (Math.abs(x - 200) < 5 || Math.abs(x - 300) < 5);
        const isLine = y % 50 < 2 || (x + 30) % 50 < 2;
        const light = x + y / 4 > 290 ? 0.7 : 1;
        data.fill(light * (isInk ? 60 : isLine ? 170 : 250), i, i + 3);
      }
    return { kind: 'pixels' as const, data, width: WIDE, height: ONE_HIGH };
  };

  it('finds what is written on squared paper in a shadow', () => {
    const { pieces } = writingIn(onPaper(), defaultPreprocess([28, 28, 1]), [28, 28, 1])!.pieces([]);
    assert.equal(pieces.length, 2);
    for (const [i, middle] of [200, 300].entries()) {
      const { left, top, right, bottom } = pieces[i]!.box;
      assert.ok(Math.abs(left - (middle - 5)) <= 3 && Math.abs(right - (middle + 5)) <= 3, `${left} to ${right}`);
      assert.ok(Math.abs(top - 100) <= 4 && Math.abs(bottom - 180) <= 4, `${top} to ${bottom}`);
    }
  });

  it('is bounded: an empty ruled page has few pieces, and dots are not cut', () => {
    const page = (isInk: (x: number, y: number) => boolean) => {
      const data = new Uint8ClampedArray(600 * 600 * 4).fill(255);
      for (let y = 0, i = 0; y < 600; y++)
        for (let x = 0; x < 600; x++, i += 4) if (isInk(x, y)) data.fill(90, i, i + 3);
      const input = { kind: 'pixels' as const, data, width: 600, height: 600 };
      const writing = writingIn(input, defaultPreprocess([28, 28, 1]), [28, 28, 1]);
      return writing ? writing.pieces(writing.doubtful.map(() => false)).pieces.length : 0;
    };
    assert.ok(page((_, y) => y % 50 < 2) <= 12);
    assert.ok(page((x, y) => y % 50 < 2 || x % 50 < 2) <= 12);
    assert.equal(
      page((x, y) => Math.hypot((x % 60) - 30, (y % 60) - 30) < 8),
      100,
    );
    assert.equal(
      page((x, y) => Math.hypot((x % 12) - 6, (y % 12) - 6) < 3),
      0,
    ); // more than there are on any page
  });

  it('sees lines that slope, their dots, and their order', () => {
    const pieces = [
      piece(0, 0, 6, 10),
      piece(10, 3, 16, 13),
      piece(20, 6, 26, 16),
      piece(0, 15, 6, 25),
      piece(10, 18, 16, 28),
      piece(18, 26, 19, 28), // a point of the second line
    ];
    assert.deepEqual(linesOf({ pieces, height: 10 }), [
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });
});

describe('a lattice', () => {
  it('has the runs that may be characters in the order of the pen, and from left to right', () => {
    const strokes = [points('0,0 0,10'), points('6,0 6,10'), points('-2,5 2,5')]; // the bar of the first comes last
    const writing = writingIn({ kind: 'strokes', strokes }, defaultPreprocess([28, 28, 1]), [28, 28, 1])!;
    const { candidates, ways, length } = latticeOf(writing.pieces([]), [0, 1, 2]);
    assert.equal(length, 3);
    assert.equal(ways.length, 2);
    const runs = ways.map((way) => way.map(({ candidate }) => candidates[candidate]!.pieces.join('')).sort());
    assert.deepEqual(runs, [
      ['0', '1', '2'], // the gap between the last two is too wide for one character
      ['0', '02', '1', '2'],
    ]);
  });

  const edges: Edge[] = [
    { from: 0, to: 1, candidate: 0 },
    { from: 1, to: 2, candidate: 1 },
    { from: 0, to: 2, candidate: 2 },
    { from: 2, to: 3, candidate: 3 },
    { from: 1, to: 3, candidate: 4 },
  ];
  const scores = [1, 0.5, 2, 0.25, 1];

  it('has a best way, as probable as its score among those of all ways', () => {
    const all = [1 + 0.5 + 0.25, 2 + 0.25, 1 + 1];
    const sum = all.reduce((sum, score) => sum + Math.exp(score), 0);
    const { candidates, probability } = bestWay(edges, 3, scores);
    assert.deepEqual(candidates, [2, 3]);
    assert.ok(Math.abs(probability - Math.exp(2.25) / sum) < 1e-12);
  });

  it('has a best way of so many characters, or of the nearest number', () => {
    assert.deepEqual(bestWay(edges, 3, scores, 3).candidates, [0, 1, 3]);
    assert.equal(bestWay(edges, 3, scores, 3).probability, 1);
    assert.deepEqual(bestWay(edges, 3, scores, 5).candidates, [0, 1, 3]);
    assert.deepEqual(bestWay(edges, 3, scores, 1).candidates, [2, 3]);
  });

  it('knows marks by their place and shape', () => {
    const dash = piece(-8, 4.6, -3, 5.2);
    const bar = piece(-8, -0.2, -3, 0.2); // as high as the top of digits
    const dot = piece(13, 9, 14, 10);
    const tail = piece(13, 8.5, 14, 12);
    const marked = (mark: ReturnType<typeof piece>, wanted: ('-' | '.' | ',')[]) => {
      const pieces = piecesOf(piece(0, 0, 6, 10), mark, piece(20, 0, 26, 10));
      return markOf(pieces, { pieces: [1], box: mark.box }, wanted)?.label;
    };
    assert.equal(marked(dash, ['-', '.', ',']), '-');
    assert.equal(marked(bar, ['-', '.', ',']), undefined);
    assert.equal(marked(dot, ['-', '.', ',']), '.');
    assert.equal(marked(dot, [',']), ',');
    assert.equal(marked(tail, ['-', '.', ',']), ',');
    assert.equal(marked(dash, ['.', ',']), undefined);
    assert.equal(marked(dot, []), undefined);
  });
});
