import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { WeightArray } from '../../src/models/model.js';
import { load } from '../../src/sdk/index.js';
import type { Point, Sample } from '../../src/sdk/index.js';
import { writePrototypes } from '../../src/training/classes/prototypes.js';
import { draws } from '../support/draws.js';
import { at, mapped, nth } from '../support/lists.js';
import { points } from '../support/points.js';

function weights(columns: number[][], bias?: number[]): Map<string, WeightArray> {
  const made = new Map<string, WeightArray>();
  made.set('fc.weight', { shape: [columns.length, nth(columns, 0).length], data: Float32Array.from(columns.flat()) });
  if (bias) made.set('fc.bias', { shape: [bias.length], data: Float32Array.from(bias) });
  return made;
}

test('a prototype is what known classes do not explain, and wins on its own examples', () => {
  // Features are the rows; the known classes point along the first two with length 2.
  const columns = [
    [2, 0, 9],
    [0, 2, 9],
    [0, 0, 9],
  ];
  const made = weights(columns, [0, 1, 9]);
  writePrototypes(made, 'fc', Float32Array.from([3, 1, 1, 5, 1, 3]), Int32Array.from([2, 2]), [false, false, true]);
  assert.deepEqual([...made.get('fc.weight')!.data], [2, 0, 0, 0, 2, 0, 0, 0, 2]);
  // The others answer 6 and 10 at most, the new column 2 and 6: 4 behind, and 3 are to be won by.
  assert.deepEqual([...made.get('fc.bias')!.data], [0, 1, 7]);
});

test('new classes alone point along their means; one without examples stays', () => {
  const row = [9, 9, 7];
  const made = weights([row, row], [9, 9, 9]);
  writePrototypes(made, 'fc', Float32Array.from([3, 4, 0, 5, 0, 1]), Int32Array.from([0, 1, 1]), [true, true, true]);
  const expected = [0.6, 0, 7, 0.8, 1, 7];
  made.get('fc.weight')!.data.forEach((value, i) => assert.ok(Math.abs(value - at(expected, i)) < 1e-6));
  assert.deepEqual([...made.get('fc.bias')!.data], [0, 0, 9]);
});

test('among as many known classes as features a prototype takes nothing from them', () => {
  const { normal } = draws(3);
  const [width, known] = [16, 24];
  const means = Array.from({ length: known + 1 }, () => [...normal(width)].map((value) => 3 * value));
  const near = (label: number) => [...normal(width)].map((value, i) => at(nth(means, label), i) + value / 2);
  // The columns that tell normal classes of one variance apart best.
  const made = weights(
    Array.from({ length: width }, (_, row) => [...means.slice(0, known).map((mean) => 4 * at(mean, row)), 0]),
    [...means.slice(0, known).map((mean) => -2 * mean.reduce((sum, value) => sum + value ** 2, 0)), 0],
  );
  const isNew = means.map((_, label) => label === known);
  const answer = (features: number[]) => {
    const [matrix, bias] = mapped(['fc.weight', 'fc.bias'], (name) => made.get(name)!.data);
    const logits = Array.from(bias, (start, label) =>
      features.reduce((sum, value, row) => sum + value * at(matrix, row * (known + 1) + label), start),
    );
    return logits.indexOf(Math.max(...logits));
  };
  const examples = Array.from({ length: 10 }, () => near(known));
  writePrototypes(made, 'fc', Float32Array.from(examples.flat()), new Int32Array(10).fill(known), isNew);
  const tested = Array.from({ length: 20 * known }, (_, i) => i % known);
  const right = tested.filter((label) => answer(near(label)) === label).length / tested.length;
  assert.ok(right > 0.97, `${right} of the known classes`);
  assert.ok(examples.filter((features) => answer(features) === known).length > 5);
});

test('a head without bias has prototypes too, and examples may be all 0', () => {
  const rows = [
    [1, 5],
    [0, 5],
  ];
  const made = weights(rows);
  writePrototypes(made, 'fc', new Float32Array(2), Int32Array.from([1]), [false, true]);
  assert.deepEqual([...made.get('fc.weight')!.data], [1, 0, 0, 0]);
});

/** Symbols as straight strokes in the unit square. */
const symbols = {
  A: ['0,1 0.5,0 1,1', '0.2,0.6 0.8,0.6'].map(points),
  E: ['1,0 0,0 0,1 1,1', '0,0.5 0.8,0.5'].map(points),
  M: ['0,1 0,0 0.5,0.6 1,0 1,1'].map(points),
  R: ['0,1 0,0 0.8,0.1 0.8,0.4 0,0.5 1,1'].map(points),
  star: ['0.2,1 0.5,0 0.8,1 0,0.35 1,0.35 0.2,1'].map(points),
  heart: ['0.5,0.3 0.3,0 0,0.2 0.1,0.55 0.5,1 0.9,0.55 1,0.2 0.7,0 0.5,0.3'].map(points),
};
type SymbolName = keyof typeof symbols;

/** As many drawings of each symbol, each turned, slanted, stretched and shaken differently. */
function drawn(names: SymbolName[], count: number, seed: number): Sample[] {
  const { uniform } = draws(seed);
  const by = (most: number) => 2 * most * (uniform() - 0.5);
  return names.flatMap((label) =>
    Array.from({ length: count }, () => {
      const [turn, slant, stretch] = [by(0.2), by(0.2), 1 + by(0.15)];
      const strokes = symbols[label].map((stroke) =>
        stroke.map(([x, y]): Point => {
          const [u, v] = [(x - 0.5) * stretch + slant * (y - 0.5) + by(0.04), y - 0.5 + by(0.04)];
          return [u * Math.cos(turn) - v * Math.sin(turn), u * Math.sin(turn) + v * Math.cos(turn)];
        }),
      );
      return { input: { strokes }, label };
    }),
  );
}

test('new symbols from 1, 5 and 16 drawings each', async () => {
  const names = Object.keys(symbols) as SymbolName[];
  const digits = await load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
  for (const [count, least] of [
    [1, 0.9],
    [5, 0.95],
    [16, 0.97],
  ] as const) {
    const report = await digits.fineTune(drawn(names, count, count));
    assert.equal(report.head, 'replaced');
    assert.equal(report.layers, 'all');
    const { accuracy } = await digits.evaluate(drawn(names, 40, 99));
    assert.ok(accuracy >= least, `${accuracy} from ${count} of each`);
    await digits.reset();
  }
  digits.dispose();
});

test('one new symbol beside the digits is read and not refused, and the digits are read as before', async () => {
  const digits = await load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
  const one = { strokes: [points('0.5,0 0.48,1')] };
  const before = await digits.predict(one);
  for (const [count, least] of [
    [1, 0.9],
    [5, 0.95],
    [16, 0.97],
  ] as const) {
    const { head, layers, labels, history, note } = await digits.fineTune(drawn(['star'], count, 1));
    assert.deepEqual([head, layers, labels.length, history], ['extended', 'head', 11, []]);
    assert.match(note, /remembers/);
    assert.doesNotMatch(note, /read worse/);
    const answers = await digits.predictBatch(drawn(['star'], 40, 99).map(({ input }) => input));
    const read = answers.filter(({ label, rejected }) => label === 'star' && !rejected).length;
    assert.ok(read >= least * 40, `${read} of 40 read from ${count}`);
    assert.deepEqual([(await digits.predict(one)).label, before.label], ['1', '1']);
    await digits.reset();
  }
  digits.dispose();
});

test('symbols are taught one after the other, each beside those before, and in the file they are remembered too', async () => {
  const names = Object.keys(symbols) as SymbolName[];
  let digits = await load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
  for (const name of names) {
    await digits.fineTune(drawn([name], 5, 3));
    const saved = new Uint8Array(await (await digits.export()).arrayBuffer());
    digits.dispose();
    digits = await load(saved);
  }
  assert.equal(digits.labels.length, 10 + names.length);
  const { accuracy } = await digits.evaluate(drawn(names, 20, 99));
  assert.ok(accuracy >= 0.9, `${accuracy}`);
  digits.dispose();
});
