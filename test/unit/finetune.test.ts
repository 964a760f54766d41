import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { decodeModel } from '../../src/models/files/model-file.js';
import { create, load, mlp } from '../../src/sdk/index.js';
import type { Classifier, FineTuneOptions, Sample, Spec } from '../../src/sdk/index.js';
import { draws } from '../support/draws.js';
import { at, mapped, nth } from '../support/lists.js';
import { drawings, drawn } from '../support/sdk-drawings.js';

const names = ['a', 'b', 'c'];

/** Points in four dimensions around one centre a class, some of them in doubt. */
function points(perClass: number, seed: number, labels = names): Sample[] {
  const { normal } = draws(seed);
  return Array.from({ length: perClass * labels.length }, (_, i) => {
    const axis = i % labels.length;
    return { input: normal(4).map((value, at) => 0.8 * value + (at === axis ? 2 : 0)), label: nth(labels, axis) };
  });
}

async function taught(labels = names): Promise<Classifier> {
  const classifier = await create(mlp([4, 8, labels.length]), { labels });
  await classifier.fineTune(points(20, 1, labels), { epochs: 20, validation: 0 });
  return classifier;
}

const pretrained = async (id: string) => load(await readFile(`pretrained/${id}/model.safetensors`));

test('learning from what was held back too never makes all samples read worse', async () => {
  const classifier = await taught();
  const samples = points(20, 2);
  let [refits, fallbacks] = [0, 0];
  for (let seed = 0; seed < 24; seed++) {
    const learningRate = 2 ** (seed % 6);
    const wild: FineTuneOptions = {
      ...{ optimizer: 'momentum', learningRate, epochs: 3, schedule: 'constant', seed, keep: 'always' },
    };
    const once = await tried(() => classifier.fineTune(samples, { ...wild, validation: 0.2 }));
    if (!once) continue; // diverged
    const { accuracy } = await classifier.evaluate(samples);
    await classifier.reset();
    await classifier.fineTune(points(20, 1), { epochs: 20, validation: 0 });
    const { note } = await classifier.fineTune(samples, wild);
    assert.ok((await classifier.evaluate(samples)).accuracy >= accuracy, `seed ${seed}: ${note}`);
    if (note.includes('learned from these too')) refits++;
    else fallbacks++;
    await classifier.reset();
    await classifier.fineTune(points(20, 1), { epochs: 20, validation: 0 });
  }
  assert.ok(refits > 0 && fallbacks > 0, `${refits} refits, ${fallbacks} without`);
  classifier.dispose();
});

test('a label that is declared and not shown is never the answer, and is learned when it is shown', async () => {
  const digits = await pretrained('mnist-lenet5');
  const before = await digits.predict(drawn('line', 3));
  const samples = drawings(3, 10);
  const [circles, crosses] = mapped(['circle', 'cross'], (symbol) => samples.filter(({ label }) => label === symbol));
  const { note, head } = await digits.fineTune(crosses, { labels: [...digits.labels, 'cross', 'circle'] });
  assert.equal(head, 'extended');
  assert.match(note, /no samples of circle/);
  assert.equal((await digits.evaluate(crosses)).accuracy, 1);
  assert.equal((await digits.predict(drawn('line', 3))).label, before.label);
  const { probabilities } = await digits.predict(drawn('circle', 5), { reject: false });
  assert.ok(at(probabilities, 11) < 1e-9);

  const again = await load(await digits.export());
  await again.fineTune(circles);
  assert.equal((await again.evaluate([...circles, ...crosses])).accuracy, 1);
  assert.equal((await again.predict(drawn('line', 3))).label, before.label);
  assert.equal((await again.predict(drawn('circle', 77))).label, 'circle');
  again.dispose();
  digits.dispose();
});

test('training stops early after so many epochs that are no better, and keeps the best', async () => {
  const classifier = await taught();
  const wrong = points(20, 2).map(({ input, label }) => ({
    input,
    label: names[(names.indexOf(String(label)) + 1) % 3]!,
  }));
  const options: FineTuneOptions = { validation: points(20, 3), epochs: 50, keep: 'always', learningRate: 0.01 };
  const before = await classifier.evaluate(points(20, 3));
  const report = await classifier.fineTune(wrong, { ...options, patience: 3 });
  assert.equal(report.stopped, 'early');
  assert.equal(report.history.length, report.bestEpoch + 3);
  assert.match(report.note, new RegExp(`Stopped early; epoch ${report.bestEpoch} was the best`));
  assert.ok(report.after.accuracy >= before.accuracy);
  assert.equal((await classifier.evaluate(points(20, 3))).accuracy, report.after.accuracy);
  const patient = await classifier.fineTune(wrong, { ...options, epochs: 9, patience: 0 });
  assert.deepEqual([patient.stopped, patient.history.length], ['finished', 9]);
  classifier.dispose();
});

test('fewer of the known labels are no new head: what was learned is kept only if it is better', async () => {
  const classifier = await taught();
  const few = points(20, 5, ['a', 'b']);
  const report = await classifier.fineTune(few, { labels: ['a', 'b'], optimizer: 'adam', learningRate: 30, epochs: 1 });
  assert.deepEqual([report.head, report.labels], ['kept', ['a', 'b']]);
  assert.deepEqual(classifier.labels, ['a', 'b']);
  assert.ok((await classifier.evaluate(few)).accuracy > 0.9);
  classifier.dispose();
});

test('a prototype is made of what was held back too', async () => {
  const softmax = await pretrained('mnist-softmax');
  const { note } = await softmax.fineTune(drawings(10).filter(({ label }) => label === 'cross'));
  assert.match(note, /2 samples held back.*learned from these too.*a prototype/);
  softmax.dispose();
});

test('a seed that is undefined is the classifier’s', async () => {
  const answers = [];
  for (const options of [{}, { seed: undefined }, { seed: 7 }, { seed: 0 }]) {
    const classifier = await create(mlp([4, 8, 3]), { labels: names, seed: 7 });
    await classifier.fineTune(points(4, 1), { epochs: 2, ...options });
    answers.push(String((await classifier.predict([1, 0, 0, 0])).probabilities));
    classifier.dispose();
  }
  assert.deepEqual(answers.slice(0, 3), [answers[0], answers[0], answers[0]]);
  assert.notEqual(answers[3], answers[0]);
});

test('answers that are not finite numbers are refused', async () => {
  const classifier = await taught();
  const file = new Uint8Array(await (await classifier.export()).arrayBuffer());
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const view = new DataView(file.buffer, start);
  for (let at = 0; at < view.byteLength; at += 4) view.setFloat32(at, 3e38, true);
  const broken = await load(file);
  const refused = { code: 'bad-model', message: /not finite/ };
  await assert.rejects(broken.predict([5, 5, 5, 5]), refused);
  await assert.rejects(broken.evaluate(points(1, 1)), refused);
  await assert.rejects(broken.fineTune(points(1, 1)), refused);
  broken.dispose();
  classifier.dispose();
});

test('an abort ends predictBatch while inputs are prepared', async () => {
  const classifier = await create(mlp([784, 3]));
  const inputs = Array.from({ length: 4000 }, (_, i) => drawn('circle', i));
  let answered = false;
  const controller = new AbortController();
  const call = classifier.predictBatch(inputs, { signal: controller.signal }).then(() => (answered = true));
  setTimeout(() => controller.abort(), 30);
  await assert.rejects(call, { code: 'aborted' });
  assert.equal(answered, false);
  classifier.dispose();
});

test('samples to validate on are called so', async () => {
  const classifier = await taught();
  const nameless = [...points(1, 1), { input: [1, 2, 3, 4] } as unknown as Sample];
  const refused = (message: RegExp) => ({ code: 'bad-argument', message });
  await assert.rejects(
    classifier.fineTune(points(2, 1), { validation: nameless }),
    refused(/^Validation sample 3 has/),
  );
  await assert.rejects(
    classifier.fineTune(points(2, 1), { validation: [] }),
    refused(/option validation .*got a list of 0/),
  );
  await assert.rejects(classifier.fineTune([{ input: [1, 2, 3, 4], label: NaN }]), refused(/Sample 0.*the number NaN/));
  classifier.dispose();
});

test('a callback that rejects ends its call, as one that throws', async () => {
  const classifier = await taught();
  const before = await classifier.predict([1, 0, 0, 0]);
  const onProgress = async () => {
    await Promise.resolve();
    throw new Error('mine');
  };
  await assert.rejects(classifier.fineTune(points(5, 3), { onProgress }), { message: 'mine' });
  assert.deepEqual(await classifier.predict([1, 0, 0, 0]), before);
  classifier.dispose();
});

const normalised: Spec = {
  name: 'normalised',
  input: [4],
  layers: [
    { type: 'dense', name: 'fc1', units: 16 },
    { type: 'batchNorm', name: 'bn', activation: 'relu' },
    { type: 'dense', name: 'fc2', units: 3 },
  ],
};

test('batch norm never goes by the variance of one example', async () => {
  const classifier = await create(normalised, { labels: names });
  await classifier.fineTune(points(20, 1), { epochs: 20, validation: 0 });
  const others = points(60, 9);
  const before = await classifier.evaluate(others);
  assert.ok(before.accuracy > 0.85, `${before.accuracy}`);
  const { layers } = await classifier.fineTune(points(1, 3).slice(0, 1));
  assert.equal(layers, 'head');
  assert.ok((await classifier.evaluate(others)).accuracy > before.accuracy - 0.06);

  // With one more than a batch the statistics settle as without it.
  const still: FineTuneOptions = { layers: 'all', learningRate: 1e-9, epochs: 99, batchSize: 16, validation: 0 };
  const variances = [];
  for (const count of [16, 17]) {
    await classifier.fineTune(points(20, 1).slice(0, count), { ...still, keep: 'always' });
    const { weights } = decodeModel(new Uint8Array(await (await classifier.export()).arrayBuffer()));
    variances.push(weights.get('bn.running_var')!.data.reduce((a, b) => a + b));
  }
  assert.ok(at(variances, 1) / at(variances, 0) > 0.8, String(variances));
  classifier.dispose();
});

test('a batch for which there is no room ends its call, and nothing else', async () => {
  const wide: Spec = {
    name: 'wide',
    input: [28, 28, 1],
    layers: [
      { type: 'conv2d', name: 'conv', filters: 4000, kernel: 1 },
      { type: 'globalAvgPool' },
      { type: 'dense', name: 'fc', units: 2 },
    ],
  };
  const classifier = await create(wide);
  const samples = Array.from({ length: 400 }, (_, i) => ({ input: drawn('line', i), label: i % 2 }));
  const options = { batchSize: 400, epochs: 1, validation: 0, augment: false };
  await assert.rejects(classifier.fineTune(samples, options), { code: 'out-of-memory', message: /smaller batch/ });
  classifier.dispose();
});

test('what is no signal is refused', async () => {
  const refused = { code: 'bad-argument', message: /AbortSignal; got an AbortController/ };
  const signal = new AbortController() as unknown as AbortSignal;
  await assert.rejects(load('mnist-softmax', { signal }), refused);
  await assert.rejects(create(normalised, { signal }), refused);
  const classifier = await taught();
  await assert.rejects(classifier.predict([1, 0, 0, 0], { signal }), refused);
  classifier.dispose();
});

async function tried<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
