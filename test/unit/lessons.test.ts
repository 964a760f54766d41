// What the report says of lessons that people get wrong.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { inkFromStrokes } from '../../src/preprocess/ink/from-strokes.js';
import { create, lenet5, load } from '../../src/sdk/index.js';
import type { Sample, Strokes } from '../../src/sdk/index.js';
import { copiesAmong } from '../../src/training/lessons/copies.js';
import { mistyped } from '../../src/training/lessons/labels.js';
import { strangersAmong } from '../../src/training/lessons/strangers.js';
import { balancedOrder, byClass, stratifiedSplit } from '../../src/training/loop/dataset.js';
import { balancedScore, score } from '../../src/training/loop/metrics.js';
import { letters, writtenLetter } from '../../scripts/lib/letters.mjs';
import { random } from '../../src/common/random.js';
import { drawings, drawn } from '../support/sdk-drawings.js';
import { writtenDigits } from '../support/written-digits.js';

const ink = {
  spec: lenet5(),
  preprocess: { kind: 'ink' as const, mean: [0], std: [1] },
};
const rendered = ({ strokes }: Strokes, move = 0): Float32Array => {
  const picture = inkFromStrokes(strokes as [number, number][][])!;
  return picture.map((_, i) => picture[i - move] ?? 0);
};
const flat = (pictures: Float32Array[]) => Float32Array.from(pictures.flatMap((picture) => [...picture]));

describe('copies', () => {
  const [circle, cross] = [drawn('circle', 1), drawn('cross', 2)];
  it('are found where a drawing is moved by a pixel or drawn again on a coarse grid', () => {
    const coarse = {
      strokes: (circle.strokes as [number, number][][]).map((stroke) =>
        stroke.map(([x, y]): [number, number] => [Math.round(x * 200), Math.round(y * 200)]),
      ),
    };
    const all = [
      rendered(circle),
      rendered(cross),
      rendered(circle, 29),
      rendered(coarse),
      rendered(drawn('circle', 7)),
    ];
    assert.deepEqual(copiesAmong(ink, flat(all)), { groups: [[0, 2, 3]], leaked: [] });
    assert.deepEqual(copiesAmong(ink, flat(all.slice(0, 2)), flat(all.slice(2))), { groups: [], leaked: [0] });
  });

  it('lie on one side of a split, and what has two labels is not held back', () => {
    const classes = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    const groups = [
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ];
    for (let seed = 0; seed < 50; seed++) {
      const { held, train } = stratifiedSplit(classes, 0.34, seed, groups);
      assert.equal(held.length + train.length, 12);
      for (const group of groups) assert.ok(new Set(group.map((index) => held.includes(index))).size === 1);
      assert.ok(!held.includes(5) && !held.includes(6));
      assert.ok(held.some((index) => index < 6) && held.some((index) => index >= 6));
    }
  });
});

describe('classes of very different sizes', () => {
  it('are shown equally often, each sample as often as the others of its class', () => {
    const classes = Int32Array.of(...Array<number>(40).fill(0), 1, 1, 2);
    const order = balancedOrder(classes, random(3));
    const shown = [0, 1, 2].map((label) => [...order].filter((index) => classes[index] === label));
    assert.deepEqual(shown.map(({ length }) => length).sort(), [14, 14, 15]);
    assert.equal(new Set(shown[0]).size, shown[0]!.length);
    assert.ok(Math.abs(shown[1]!.filter((index) => index === 40).length - shown[1]!.length / 2) < 1);
  });

  it('count alike', () => {
    const logits = Float32Array.of(2, 0, 2, 0, 2, 0, 2, 0);
    const classes = Int32Array.of(0, 0, 0, 1);
    assert.equal(score(logits, classes).accuracy, 0.75);
    assert.equal(balancedScore(logits, classes).accuracy, 0.5);
    const [right, wrong] = [Math.log(1 + Math.exp(-2)), Math.log(1 + Math.exp(2))];
    assert.ok(Math.abs(balancedScore(logits, classes).loss - (right + wrong) / 2) < 1e-6);
  });

  it('give each at least one away, if there are two', () => {
    const classes = Int32Array.of(...Array<number>(40).fill(0), 1, 1, 2);
    const { held } = stratifiedSplit(classes, 0.2, 1);
    assert.deepEqual(
      [0, 1, 2].map((label) => held.filter((index) => classes[index] === label).length),
      [8, 1, 0],
    );
  });
});

it('labels of one sample are told from those that were meant', () => {
  const said = (single: string, known: string[] = []) =>
    mistyped(byClass(['circle', 'circle', '3', '3', '12', '12', 'long name', 'long name', single]), known);
  for (const typed of ['Circle', 'cricle', 'circl', 'circlle', 'cirkle'])
    assert.deepEqual(said(typed), [[typed, 'circle']]);
  assert.deepEqual(said('Long-Name'), [['Long-Name', 'long name']]);
  assert.deepEqual(said('33'), [['33', '3']]);
  for (const other of ['4', 'square', 'circuits', 'cl', '']) assert.deepEqual(said(other), [], other);
  assert.deepEqual(said('Seven', ['seven']), [['Seven', 'seven']]);
  assert.deepEqual(said('seven', ['seven']), []);
  assert.deepEqual(mistyped(byClass(['a', 'b', 'A']), []), []);
});

it('a sample that is much nearer to another class is a stranger in its own', () => {
  const next = random(5);
  const features = Float32Array.from({ length: 60 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3) + 0.2 * next());
  const classes = Int32Array.from({ length: 20 }, (_, i) => i % 3);
  assert.deepEqual(strangersAmong(features, classes), []);
  classes[7] = 0;
  assert.deepEqual(strangersAmong(features, classes), [{ sample: 7, like: 1 }]);
});

describe('a report', () => {
  it('has the same drawings once, names those under two labels, and does not measure on copies', async () => {
    const once = drawings(2, 30).filter(({ label }) => label !== 'line');
    const samples: Sample[] = [
      ...Array.from({ length: 6 }, () => once).flat(),
      { input: once[0]!.input, label: 'square' },
    ];
    const fresh = await create(lenet5({ classes: 3 }), { labels: ['circle', 'cross', 'square'] });
    const report = await fresh.fineTune(samples, { epochs: 1 });
    const found = report.warnings.map(({ kind, samples }) => [kind, samples.length]);
    assert.deepEqual(found.slice(0, 2), [
      ['two-labels', 7],
      ['copy', 20],
    ]);
    assert.deepEqual(report.warnings[0]!.samples, [0, 4, 8, 12, 16, 20, 24]);
    assert.equal(report.measuredOn, 'training');
    fresh.dispose();
  });

  it('finds wrong labels among digits, and nothing else', async () => {
    const digits = await load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
    const samples = writtenDigits(80, 4).map(({ input, label }, i) => ({
      input,
      label: i === 33 ? (Number(label) + 5) % 10 : label,
    }));
    const { warnings } = await digits.fineTune(samples, { epochs: 1 });
    assert.deepEqual(
      warnings.map(({ kind, samples }) => [kind, ...samples]),
      [['unlike-label', 33]],
    );
    digits.dispose();
  });

  it('says that there is one of each label, and trims labels', async () => {
    const digits = await load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
    const one = ['circle', 'cross', 'line'].map((label) => ({
      input: drawn(label as 'line', 3),
      label: ` ${label}\t`,
    }));
    const { note, labels } = await digits.fineTune(one, { epochs: 1, labels: ['line ', 'circle', 'cross'] });
    assert.match(note, /^One sample of each label leaves none to hold back.* of 3 right/);
    assert.deepEqual(labels, ['line', 'circle', 'cross']);
    assert.equal((await digits.evaluate([{ input: drawn('line', 3), label: ' line' }])).samples, 1);
    const refused = { code: 'bad-argument', message: 'Sample 0 has an empty label: got "  ".' };
    await assert.rejects(digits.fineTune([{ input: drawn('line', 3), label: '  ' }]), refused);
    await assert.rejects(digits.fineTune(one, { labels: ['a', ''] }), { code: 'bad-argument', message: /Class 1/ });
    digits.dispose();
  });
});

it('a new head refuses what is like none of its symbols, and not their next drawings', async () => {
  const digits = await load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
  const drawnLetters = (names: string[], count: number, seed: number): Sample[] => {
    const next = random(seed);
    return names.flatMap((label) =>
      Array.from({ length: count }, () => ({ input: { strokes: writtenLetter(label, next) }, label })),
    );
  };
  const [taught, others] = [letters.slice(0, 5), letters.slice(5)];
  await digits.fineTune(drawnLetters(taught, 5, 1));
  const refused = async (samples: readonly Sample[]) => {
    const answers = await digits.predictBatch(samples.map(({ input }) => input));
    return answers.filter(({ rejected }) => rejected === 'unfamiliar').length / samples.length;
  };
  const shares = [await refused(drawnLetters(taught, 20, 2)), await refused(drawnLetters(others, 20, 3))];
  shares.push(await refused(writtenDigits(100, 4)));
  assert.ok(shares[0]! <= 0.1 && shares[1]! >= 0.8 && shares[2]! >= 0.85, String(shares));
  digits.dispose();
});
