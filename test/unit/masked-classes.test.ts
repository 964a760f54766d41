import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { maskLogits } from '../../src/models/masked-classes.js';
import { parseSafetensors, writeSafetensors } from '../../src/models/files/safetensors.js';
import { mlp } from '../../src/models/zoo.js';
import { create, load } from '../../src/sdk/index.js';
import type { Classifier, FineTuneOptions, OptimizerName, Sample } from '../../src/sdk/index.js';
import { withoutMasked, withMasked } from '../../src/training/classes/masked-classes.js';
import { softmax } from '../../src/training/loop/metrics.js';
import { draws } from '../support/draws.js';
import { drawings } from '../support/sdk-drawings.js';
import { modelOf } from '../support/specs.js';

const FIXTURE = 'test/fixtures/untaught-labels.safetensors';

/** Drawings of 0, 1 and 8, which a network for digits knows. */
const digits = (perDigit: number, seed: number): Sample[] =>
  drawings(perDigit, seed).flatMap(({ input, label }) =>
    label === 'cross' ? [] : [{ input, label: label === 'circle' ? '0' : '1' }],
  );
const shown = (symbol: string, label: string, count: number, seed: number): Sample[] =>
  drawings(count, seed).flatMap((each) => (each.label === symbol ? [{ input: each.input, label }] : []));
const pretrained = async () => load(await readFile('pretrained/mnist-lenet5/model.safetensors'));
const saved = async (classifier: Classifier) => new Uint8Array(await (await classifier.export()).arrayBuffer());
const rightOf = async (classifier: Classifier, samples: Sample[]) =>
  Math.round((await classifier.evaluate(samples)).accuracy * samples.length);

const hard: FineTuneOptions = { epochs: 30, keep: 'always', learningRate: 0.003, weightDecay: 0.5 };
const optimizers: OptimizerName[] = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamw'];
const trainings: [string, FineTuneOptions][] = [
  ...optimizers.map((optimizer): [string, FineTuneOptions] => [
    `${optimizer} with weight decay`,
    { ...hard, optimizer },
  ]),
  ['label smoothing', { ...hard, weightDecay: 0, labelSmoothing: 0.2 }],
  ['weight decay and label smoothing', { ...hard, optimizer: 'adamw', labelSmoothing: 0.1 }],
];
for (const [what, options] of trainings)
  test(`a label that was declared is still to be taught after ${what}`, async () => {
    const classifier = await pretrained();
    const labels = [...classifier.labels, 'x'];
    await classifier.fineTune(digits(5, 40), { ...options, labels });
    const { probabilities } = await classifier.predict(shown('cross', 'x', 1, 9)[0]!.input, { reject: false });
    assert.equal(probabilities.length, 11);
    assert.equal(probabilities[10], 0);
    await classifier.fineTune(shown('cross', 'x', 5, 3));
    assert.deepEqual(classifier.labels, labels);
    const right = await rightOf(classifier, shown('cross', 'x', 15, 200));
    assert.ok(right >= 14, `${right} of 15`);
    classifier.dispose();
  });

test('labels are taught one after the other, from files too, and whoever has no samples yet waits', async () => {
  let classifier = await pretrained();
  const labels = ['x', ...classifier.labels, 'o'];
  await classifier.fineTune(digits(5, 40), { ...hard, labels });
  for (const [symbol, label] of [
    ['cross', 'x'],
    ['circle', 'o'],
  ] as const) {
    const file = await saved(classifier);
    classifier.dispose();
    classifier = await load(file);
    const { note } = await classifier.fineTune(shown(symbol, label, 5, 3));
    assert.equal(/no samples of o,.*cannot be the answer/.test(note), label === 'x');
    assert.deepEqual(classifier.labels, labels);
    assert.ok((await rightOf(classifier, shown(symbol, label, 15, 200))) >= 14);
    assert.equal(decodeModel(await saved(classifier)).untaught?.join(), label === 'x' ? 'o' : undefined);
  }
  assert.ok((await rightOf(classifier, shown('cross', 'x', 15, 200))) >= 14);
  classifier.dispose();
});

test('an untaught label has a finite loss, and counts as wrong', async () => {
  const classifier = await pretrained();
  await classifier.fineTune(digits(2, 40), { labels: [...classifier.labels, 'x'], epochs: 1, keep: 'always' });
  const { accuracy, loss, confusion } = await classifier.evaluate(shown('cross', 'x', 3, 1));
  assert.equal(accuracy, 0);
  assert.ok(Number.isFinite(loss) && loss > 100, `${loss}`);
  assert.equal(confusion[10]![10], 0);
  classifier.dispose();
});

test('samples to validate on of a label without others are left out', async () => {
  const classifier = await pretrained();
  const labels = [...classifier.labels, 'x'];
  const validation = [...digits(2, 70), ...shown('cross', 'x', 2, 5)];
  const report = await classifier.fineTune(digits(2, 40), { labels, validation, epochs: 1 });
  assert.equal(report.measuredSamples, 4);
  assert.deepEqual(report.labels, labels);
  await assert.rejects(
    classifier.fineTune(digits(2, 40), { labels, validation: shown('cross', 'x', 2, 5), epochs: 1 }),
    { code: 'bad-argument', message: /no samples of any label that a validation sample has/ },
  );
  classifier.dispose();
});

test('a network that was never trained learns the labels with samples, and others later', async () => {
  const { normal } = draws(1);
  const points = (labels: string): Sample[] =>
    Array.from({ length: 60 }, (_, i) => {
      const at = i % labels.length;
      const axis = 'abc'.indexOf(labels[at]!);
      return { input: normal(4).map((value, i) => 0.4 * value + (i === axis ? 2 : 0)), label: labels[at]! };
    });
  const classifier = await create(mlp([4, 8, 2]));
  const { note } = await classifier.fineTune(points('ab'), { labels: ['a', 'c', 'b'], epochs: 20 });
  assert.match(note, /no samples of c, which cannot be the answer/);
  assert.equal((await classifier.predict(points('c')[0]!.input)).probabilities[1], 0);
  await classifier.fineTune(points('abc'));
  assert.ok((await classifier.evaluate(points('abc'))).accuracy > 0.9);
  classifier.dispose();
});

test('a file from before there were masks is read by its biases, once', async () => {
  const bytes = new Uint8Array(await readFile(FIXTURE));
  const model = decodeModel(bytes);
  assert.deepEqual(model.labels, ['a', 'x', 'b', 'c', 'y']);
  assert.deepEqual(model.untaught, ['x', 'y']);
  assert.deepEqual(decodeModel(bytes, { labels: ['1', '2', '3', '4', '5'] }).untaught, ['2', '5']);
  const again = encodeModel(model);
  assert.deepEqual(decodeModel(again), model);
  const { metadata } = parseSafetensors(again);
  assert.equal(metadata.untaught, '[1,4]');

  const bias = (file: Uint8Array) =>
    new Float32Array(parseSafetensors(file).tensors.get('linears.1.bias')!.bytes.slice().buffer);
  assert.deepEqual([...bias(again)], [...bias(bytes)], 'readers of before go on reading it');
  const { tensors } = parseSafetensors(bytes);
  assert.equal(decodeModel(writeSafetensors(tensors, { ...metadata, untaught: '[]' })).untaught, undefined);
  assert.equal(decodeModel(writeSafetensors(tensors)).untaught, undefined, "another's state_dict");

  const { normal } = draws(5);
  const point = (axis: number, label: string): Sample => ({
    input: normal(4).map((value, i) => 0.4 * value + (i === axis ? 2 : 0)),
    label,
  });
  const many = (axis: number, label: string, count: number) => Array.from({ length: count }, () => point(axis, label));
  const old = await load(bytes);
  assert.deepEqual(
    (await old.predict([2, 0, 0, 0])).probabilities.filter((_, at) => at === 1 || at === 4),
    [0, 0],
  );
  await old.fineTune(many(3, 'y', 8));
  assert.ok((await old.evaluate([...many(3, 'y', 20), ...many(0, 'a', 20), ...many(1, 'b', 20)])).accuracy > 0.9);
  assert.equal((await old.predict([0, 0, 0, 2])).probabilities[1], 0, 'x still waits');
  old.dispose();
});

test('metadata that makes no sense is refused', async () => {
  const { tensors, metadata } = parseSafetensors(encodeModel(modelOf(mlp([5, 4, 3]), 1, ['a', 'b', 'c'])));
  for (const untaught of ['[0,1,2]', '[3]', '[-1]', '["a"]', '{}', 'null', '[0.5]', '[', '[[]]'])
    assert.throws(() => decodeModel(writeSafetensors(tensors, { ...metadata, untaught })), {
      code: 'bad-model',
      message: /untaught/,
    });
});

test('what a model has of taught classes is the same without masked ones and with them again', () => {
  const model = {
    ...modelOf(mlp([5, 4, 3]), 1, ['a', 'b', 'c']),
    classStatistics: {
      means: [1, 2, 3].map((value) => new Float32Array(4).fill(value)),
      covarianceFactor: new Float32Array(10),
      minimum: 0,
    },
  };
  const wide = withMasked(model, ['x', 'b', 'a', 'y', 'c']);
  assert.deepEqual(wide.untaught, ['x', 'y']);
  assert.deepEqual(wide.weights.get('linears.1.weight')!.shape, [4, 5]);
  assert.deepEqual(
    wide.classStatistics?.means.map((mean) => mean?.[0]),
    [undefined, 2, 1, undefined, 3],
  );
  const narrow = withoutMasked(wide);
  assert.deepEqual(narrow.labels, ['b', 'a', 'c']);
  assert.deepEqual(withMasked(narrow, model.labels), { ...narrow });
  const turned = withoutMasked(withMasked(model, ['a', 'b', 'x', 'c']));
  assert.deepEqual(turned, model);
  assert.equal(withoutMasked(model), model);
});

test('masked classes have no probability, whatever the logits and the temperature', () => {
  const logits = Float32Array.of(5, 1, 2, -2000, 3, -3000);
  maskLogits(logits, { labels: ['x', 'a', 'b'], untaught: ['x'] });
  for (const temperature of [0.05, 1, 20, 1000])
    for (const row of [0, 3]) {
      const [masked, ...others] = softmax(logits, row, 3, temperature);
      assert.equal(masked, 0);
      assert.ok(Math.abs(others.reduce((a, b) => a + b) - 1) < 1e-12);
    }
  assert.ok(logits.every(Number.isFinite));
  assert.deepEqual(
    [...logits].filter((_, i) => i % 3),
    [1, 2, 3, -3000],
  );
  const all = Float32Array.of(1, 2, 3);
  assert.equal(maskLogits(all, { labels: ['a', 'b', 'c'] }), all);
});

test('a network that was never trained masks labels without samples, and learns them later', async () => {
  const classifier = await create(mlp([784, 32, 3]), { labels: ['circle', 'cross', 'line'] });
  const without = drawings(10).filter(({ label }) => label !== 'line');
  const { note } = await classifier.fineTune(without, { epochs: 8 });
  assert.match(note, /no samples of line/);
  const lines = shown('line', 'line', 12, 40);
  for (const { input } of lines) assert.equal((await classifier.predict(input)).probabilities[2], 0);
  await classifier.fineTune(lines.slice(0, 6));
  assert.ok((await rightOf(classifier, lines.slice(6))) >= 5);
  assert.ok((await rightOf(classifier, without)) >= 18);
  classifier.dispose();
});
