import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, load, mlp, resnet } from '../../src/sdk/index.js';
import type { Spec } from '../../src/sdk/index.js';
import { parseSafetensors } from '../../src/models/files/safetensors.js';
import { weightsOf, withWeights } from '../../src/models/files/exchange.js';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { MASKED_BIAS } from '../../src/models/masked-classes.js';
import type { Model } from '../../src/models/model.js';
import { readFileSync } from 'node:fs';
import { writtenDigits } from '../support/written-digits.js';
import { disposedAfterAll } from './support/classifiers.js';

const kept = disposedAfterAll();

const small = resnet([1, 1], { input: [8, 8, 1], classes: 3 });
const conv: Spec = {
  name: 'conv',
  input: [4, 4, 2],
  layers: [
    { type: 'conv2d', name: 'conv', filters: 3, kernel: 3 },
    { type: 'batchNorm', name: 'bn' },
    { type: 'flatten' },
    { type: 'dense', name: 'fc', units: 2 },
  ],
};
const refused = (message: RegExp) => ({ name: 'HandfulError', code: 'bad-argument', message });
const pretrained = () => decodeModel(readFileSync('pretrained/mnist-lenet5/model.safetensors'));

test("weights are a state_dict's: its names, order, layout and numbers, running statistics included", async () => {
  for (const spec of [small, conv]) {
    const classifier = await kept(create(spec, { seed: 3 }));
    const weights = await classifier.weights();
    const { tensors } = parseSafetensors(await (await classifier.export()).arrayBuffer());
    assert.deepEqual(Object.keys(weights), [...tensors.keys()]);
    for (const [name, { bytes }] of tensors) assert.deepEqual(weights[name], new Float32Array(bytes.slice().buffer));
  }
});

test('they are copies, both ways, and come back the same', async () => {
  const [one, other] = [await kept(create(conv, { seed: 1 })), await kept(create(conv, { seed: 2 }))];
  const weights = await one.weights();
  const before = structuredClone(weights);
  const setting = other.setWeights(weights);
  weights['fc.bias']!.fill(9); // after the call
  await setting;
  assert.deepEqual(await other.weights(), before);
  (await other.weights())['conv.weight']!.fill(9);
  assert.deepEqual(await other.weights(), before);
  const input = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i));
  assert.deepEqual(await other.predict(input), await one.predict(input));
  await other.reset();
  assert.notDeepEqual(await other.weights(), before);
});

test('numbers of any array are taken, counters of batches passed over', async () => {
  const classifier = await kept(create(conv));
  const weights = await classifier.weights();
  await classifier.setWeights({
    ...weights,
    'fc.bias': [1, 2],
    'bn.running_var': Float64Array.of(1, 2, 3),
    'bn.num_batches_tracked': [5],
  });
  const now = await classifier.weights();
  assert.deepEqual([...now['fc.bias']!, ...now['bn.running_var']!], [1, 2, 1, 2, 3]);
  assert.equal('bn.num_batches_tracked' in now, false);
});

test('what does not fit is refused by name, and the network stays as it was', async () => {
  const classifier = await kept(create(conv));
  const weights = await classifier.weights();
  const change = (name: string, values: unknown) =>
    classifier.setWeights({ ...weights, [name]: values } as Record<string, number[]>);
  const { 'fc.bias': _, ...without } = weights;
  await assert.rejects(classifier.setWeights(without), refused(/missing: "fc.bias"; unknown: nothing/));
  await assert.rejects(change('module.fc.bias', [1]), refused(/missing: nothing; unknown: "module.fc.bias"/));
  await assert.rejects(change('fc.bias', [1]), refused(/"fc.bias" are 2 numbers; got 1\./));
  await assert.rejects(change('fc.bias', [1, NaN]), refused(/"fc.bias" hold NaN or infinity/));
  await assert.rejects(change('fc.bias', [1, 1e39]), refused(/"fc.bias" hold NaN or infinity/));
  await assert.rejects(change('fc.bias', [1, null]), refused(/"fc.bias" are a list of 2 numbers; got \[1,null\]/));
  await assert.rejects(change('fc.bias', 'ab'), refused(/"fc.bias" are a list of 2 numbers; got "ab"/));
  await assert.rejects(change('fc.bias', BigInt64Array.of(1n, 2n)), refused(/"fc.bias" are a list of 2 numbers/));
  await assert.rejects(change('bn.running_var', [1, -1, 1]), refused(/"bn.running_var" hold a negative variance/));
  await assert.rejects(
    change('fc.bias', () => 1),
    refused(/The weights cannot be read/),
  );
  for (const nothing of [null, undefined, 7, [], new Map()])
    await assert.rejects(classifier.setWeights(nothing as never), refused(/eights/));
  await assert.rejects(classifier.setWeights(weights, { sure: true } as never), refused(/no option sure/));
  await assert.rejects(classifier.setWeights(weights, { signal: AbortSignal.abort() }), { code: 'aborted' });
  assert.deepEqual(await classifier.weights(), weights);
});

test('a network that was given weights is no longer untrained, unless they are its own', () => {
  const model = { ...decodeModel(encodeModel({ ...pretrained(), fresh: true })), fresh: true };
  assert.equal(withWeights(model, weightsOf(model)), model);
  const other = weightsOf(model);
  other['fc3.bias'] = other['fc3.bias']!.map((value) => value + 1);
  assert.equal(withWeights(model, other).fresh, undefined);
});

test('what a network knows of itself stays as far as the layers that tell it are the same', () => {
  const model = pretrained();
  const changed = (name: string, of: Model = model) => {
    const weights = weightsOf(of);
    weights[name] = weights[name]!.map((value) => value * 1.001);
    return withWeights(of, weights);
  };
  const knows = ({ temperature, detector, classStatistics }: Model) => [!!temperature, !!detector, !!classStatistics];
  assert.deepEqual(knows(model), [true, true, true]);
  assert.deepEqual(knows(changed('fc3.weight')), [false, true, true]);
  assert.deepEqual(knows(changed('fc2.weight')), [false, true, false]);
  assert.deepEqual(knows(changed('conv1.weight')), [false, false, false]);
  const ofInput = decodeModel(readFileSync('pretrained/mnist-mlp/model.safetensors'));
  const region = { centre: new Float32Array(512), radius: 1 };
  const taught = { ...ofInput, detector: { ...ofInput.detector!, regions: [region] } };
  const name = [...ofInput.weights.keys()][0]!;
  assert.deepEqual(changed(name, taught).detector, { ...ofInput.detector, regions: [] });
  assert.deepEqual(changed([...ofInput.weights.keys()].at(-1)!, taught).detector, taught.detector);
});

test('classes that were never taught are told by their bias', () => {
  const model = pretrained();
  const weights = weightsOf(model);
  weights['fc3.bias']![4] = MASKED_BIAS;
  const masked = withWeights(model, weights);
  assert.deepEqual(masked.untaught, ['4']);
  assert.equal(withWeights(masked, weightsOf(model)).untaught, undefined);
});

test('regressors have them too, and what learns goes on from them', async () => {
  const spec = mlp([1, 8, 1], { activation: 'tanh' });
  const [one, other] = [0, 1].map((seed) => kept(create(spec, { loss: 'squaredError', seed })));
  await (await other!).setWeights(await (await one!).weights());
  assert.deepEqual(await (await other!).predict([0.3]), await (await one!).predict([0.3]));
});

test('averages of two that learned from the same start read digits', async () => {
  const base = await kept(load('mnist-softmax'));
  const tests = writtenDigits(200, 9);
  const before = (await base.evaluate(tests)).accuracy;
  const learned = [];
  for (const seed of [1, 2]) {
    await base.reset();
    await base.fineTune(writtenDigits(100, seed), { epochs: 6, keep: 'always', validation: 0 });
    learned.push(await base.weights());
  }
  const [one, two] = learned as [Record<string, Float32Array>, Record<string, Float32Array>];
  await base.setWeights(
    Object.fromEntries(Object.entries(one).map(([name, own]) => [name, own.map((w, i) => (w + two[name]![i]!) / 2)])),
  );
  const after = (await base.evaluate(tests)).accuracy;
  assert.ok(after > before, `${before} → ${after}`);
});
