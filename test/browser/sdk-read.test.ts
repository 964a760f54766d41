import { assert } from 'chai';
import { load } from 'handful';
import type { Point } from 'handful';
import { points } from '../support/points.js';
import { disposedAfterEach, places, refused, trained } from '../support/sdk-classifiers.js';

const disposed = disposedAfterEach();

/** How some digits and marks are written, in a box of 1 by 1. */
const SHAPES: Record<string, Point[][]> = {
  '1': [points('0.2,0 0.15,1')],
  '4': [points('0.3,0 0,0.6 0.6,0.6'), points('0.45,0.3 0.4,1')],
  '7': [points('0,0.05 0.6,0 0.25,1')],
  '0': [Array.from({ length: 24 }, (_, i): Point => [0.32 - 0.3 * Math.sin(i / 3.6), 0.5 - 0.5 * Math.cos(i / 3.6)])],
  '-': [points('0.1,0.52 0.45,0.5')],
  '.': [points('0.1,0.97 0.12,0.99')],
};

/** A number as strokes, digits of so many units and as far apart as said, from a corner on. */
function written(text: string, { gap = 0.25, size = 100, x = 30, y = 40 } = {}) {
  let left = x;
  return [...text].flatMap((name) => {
    const strokes = SHAPES[name]!.map((stroke) =>
      stroke.map(([u = 0, v = 0]): Point => [left + size * u, y + size * v]),
    );
    left = Math.max(...strokes.flat().map(([u = 0]) => u)) + gap * size;
    return strokes;
  });
}

/** Strokes on a canvas. */
function painted(strokes: readonly (readonly Point[])[], width = 420, height = 330) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  Object.assign(context, { lineWidth: 9, lineCap: 'round', lineJoin: 'round', strokeStyle: '#124' });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x = 0, y = 0] of stroke) context.lineTo(x, y);
    context.stroke();
  }
  return canvas;
}

for (const { title, options } of places)
  describe(`reading numbers, ${title}`, () => {
    it('reads strokes and pictures, each character with its box', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      const strokes = written('4071');
      const inputs = { strokes: { strokes }, canvas: painted(strokes) };
      for (const [name, input] of Object.entries(inputs)) {
        const { text, confidence, characters } = await digits.read(input);
        assert.equal(text, '4071', name);
        assert.isAbove(confidence, 0.3);
        assert.deepEqual(
          characters.map(({ label }) => label),
          ['4', '0', '7', '1'],
        );
        const [four] = characters;
        const edge = name === 'canvas' ? 4.5 : 0;
        assert.closeTo(four!.box.x, 30 - edge, 4);
        assert.closeTo(four!.box.y, 40 - edge, 4);
        assert.closeTo(four!.box.width, 60 + 2 * edge, 5);
        assert.closeTo(four!.box.height, 100 + 2 * edge, 5);
        assert.closeTo(
          four!.probabilities.reduce((a, b) => a + b),
          1,
          1e-4,
        );
        assert.equal(four!.probabilities[4], four!.confidence);
      }
    });

    it('knows a bar that comes when all else is written', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      const [stem, bar, ...others] = written('410');
      const { text } = await digits.read({ strokes: [stem!, ...others, bar!] });
      assert.equal(text, '410');
    });

    it('reads a sign and a point, lines, and so many cells', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      const price = { strokes: written('-4.07') };
      assert.equal((await digits.read(price, { alphabet: '0123456789-.' })).text, '-4.07');
      const both = [...written('471'), ...written('07', { y: 200 })];
      assert.equal((await digits.read({ strokes: both }, { lines: true })).text, '471\n07');
      assert.equal((await digits.read(painted(both), { lines: true })).text, '471\n07');
      assert.equal((await digits.read({ strokes: written('11', { gap: 0.02 }) }, { cells: 2 })).text, '11');
      const few = await digits.read({ strokes: written('47') }, { alphabet: ['1', '4'] });
      assert.deepEqual(few.text.replace(/[14\uFFFD]/g, ''), '');
    });

    it('says nothing of nothing, and refuses what it cannot do', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      assert.deepEqual(await digits.read({ strokes: [] }), { text: '', confidence: 0, characters: [] });
      await refused(digits.read({ strokes: written('4') }, { alphabet: '0x' }), 'bad-argument', /alphabet.*x/);
      await refused(digits.read({ strokes: written('4') }, { cells: 0 }), 'bad-argument', /cells/);
      await refused(digits.read({} as never), 'bad-input', /input/);
    });

    it('predict says that several digits are several, and one is one', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      for (const input of [{ strokes: written('47') }, painted(written('47'))])
        assert.equal((await digits.predict(input)).rejected, 'several');
      assert.equal((await digits.predict({ strokes: written('4') })).label, '4');
      assert.isNotNull((await digits.predict({ strokes: written('47') }, { reject: false })).label);
      assert.isNotNull((await (await disposed(trained(options))).predict({ strokes: written('47') })).label);
    });
  });
