import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, load, mlp } from '../../src/sdk/index.js';
import type { LoadOptions, Progress, RegressionSample, Regressor, RegressionLoadOptions } from '../../src/sdk/index.js';
import { parseSafetensors } from '../../src/models/files/safetensors.js';
import { drawn } from '../support/sdk-drawings.js';
import { disposedAfterAll } from './support/classifiers.js';

const regression: RegressionLoadOptions = { loss: 'squaredError' };
const net = mlp([1, 24, 24, 1], { activation: 'tanh' });

/** Samples of a function at `count` places from `low` to `high`. */
function sampled(of: (x: number) => number | number[], count: number, low = -3, high = 3): RegressionSample[] {
  return Array.from({ length: count }, (_, i) => {
    const x = low + ((high - low) * (i + 0.5)) / count;
    return { input: [x], target: of(x) };
  });
}

const kept = disposedAfterAll();

/** A network that has learned the sine. */
async function sine(): Promise<Regressor> {
  const regressor = await kept(create(net, regression));
  await regressor.fineTune(sampled(Math.sin, 60));
  return regressor;
}

describe('regression', () => {
  it('learns a line with the one layer that a line takes', async () => {
    const line = await kept(create(mlp([1, 1]), regression));
    const report = await line.fineTune(sampled((x) => 3 * x - 2, 16));
    assert.equal(report.kept, 'tuned');
    const { values } = await line.predict([10]);
    assert.equal(values.length, 1);
    assert.ok(Math.abs(values[0]! - 28) < 0.01, `${values}`);
  });

  it('learns a sine, and tells how well', async () => {
    const regressor = await kept(create(net, regression));
    const seen: Progress[] = [];
    const report = await regressor.fineTune(sampled(Math.sin, 200), { onProgress: (progress) => seen.push(progress) });
    const { loss, samples } = await regressor.evaluate(sampled(Math.sin, 37, -2.9, 2.9));
    assert.equal(samples, 37);
    assert.ok(loss < 1e-4, `${loss}`);
    const { kept: which, before, after, measuredOn, measuredSamples, history, bestEpoch, note } = report;
    assert.deepEqual([which, measuredOn, measuredSamples], ['tuned', 'validation', 40]);
    assert.ok(before.loss > 0.1 && after.loss < 1e-4, note);
    assert.match(note, /40 samples held back: a mean squared error of 0\.\d+ before/);
    assert.deepEqual(Object.keys(history[0]!).sort(), ['epoch', 'learningRate', 'loss', 'seconds', 'validationLoss']);
    assert.ok(Math.abs(history[bestEpoch - 1]!.validationLoss! - after.loss) < 1e-6);
    assert.equal(seen.at(-1)?.fraction, 1);
    for (const { accuracy, history } of seen) assert.deepEqual([accuracy, history], [undefined, undefined]);
  });

  it('cares not for the unit of targets, and measures in it', async () => {
    const [plain, euros] = [await kept(create(net, regression)), await kept(create(net, regression))];
    const price = (x: number) => 300_000 + 50_000 * Math.sin(x);
    const [small, large] = [await plain.fineTune(sampled(Math.sin, 60)), await euros.fineTune(sampled(price, 60))];
    assert.ok(Math.abs(large.after.loss / 50_000 ** 2 / small.after.loss - 1) < 0.5);
    assert.ok(Math.abs((await euros.predict([1])).values[0]! - price(1)) < 2000);
    const again = await euros.fineTune(sampled(price, 60)); // goes on from where it was
    assert.ok(Math.abs(again.before.loss / large.after.loss - 1) < 1e-3);
    assert.ok(again.after.loss <= again.before.loss);
  });

  it('learns several values at once', async () => {
    const circle = await kept(create(mlp([1, 24, 2], { activation: 'tanh' }), regression));
    const samples = sampled((x) => [Math.cos(x), Math.sin(x)], 60);
    await circle.fineTune([...samples, { input: [0], target: Float32Array.of(1, 0) }]);
    const [a, b] = await circle.predictBatch([[0], [1.5]]);
    assert.deepEqual(a?.values.map(Math.round), [1, 0]);
    assert.deepEqual(b?.values.map(Math.round), [0, 1]);
  });

  it('learns targets that are all the same, and from a layer without bias', async () => {
    const same = await kept(create(net, regression));
    await same.fineTune(sampled(() => 7, 8));
    assert.ok(Math.abs((await same.predict([0])).values[0]! - 7) < 0.1);
    const spec = { name: 'slope', input: [1], layers: [{ type: 'dense', name: 'fc', units: 1, bias: false }] } as const;
    const slope = await kept(create({ ...spec, input: [1], layers: [...spec.layers] }, regression));
    await slope.fineTune(sampled((x) => 500 * x, 16));
    assert.ok(Math.abs((await slope.predict([2])).values[0]! - 1000) < 1);
  });

  it('keeps the original where learning makes nothing better, unless told otherwise', async () => {
    const regressor = await sine();
    const before = await regressor.predict([1]);
    const validation = sampled(Math.sin, 9);
    const wrong = sampled((x) => -Math.sin(x), 30);
    const report = await regressor.fineTune(wrong, { validation, epochs: 5 });
    assert.deepEqual([report.kept, report.measuredOn, report.measuredSamples], ['original', 'validation', 9]);
    assert.match(report.note, /original weights were kept/);
    assert.deepEqual(await regressor.predict([1]), before);
    assert.equal((await regressor.fineTune(wrong, { validation: 0, epochs: 5 })).measuredOn, 'training');
    assert.notDeepEqual(await regressor.predict([1]), before);
    await regressor.reset();
    assert.notDeepEqual(await regressor.predict([1]), before, 'back to the weights that it was created with');
  });

  it('takes the same steps for the same seed', async () => {
    const [a, b] = [await sine(), await sine()];
    assert.deepEqual(await a.predict([1]), await b.predict([1]));
  });

  it('takes every optimizer', async () => {
    for (const optimizer of [
      'sgd',
      'momentum',
      'nesterov',
      'rmsprop',
      'adagrad',
      'adadelta',
      'adam',
      'adamw',
    ] as const) {
      const regressor = await kept(create(net, regression));
      const { before, after } = await regressor.fineTune(sampled(Math.sin, 40), { optimizer, epochs: 60 });
      assert.ok(after.loss < before.loss, optimizer);
    }
  });

  it('survives its file', async () => {
    const regressor = await sine();
    const file = await regressor.export();
    const { metadata } = parseSafetensors(await file.arrayBuffer());
    assert.equal(metadata.loss, 'squaredError');
    assert.equal('labels' in metadata, false);
    const expected = await regressor.predictBatch([[0.3], [-2]]);
    for (const options of [regression, undefined]) {
      const again = await kept(load(file, options as RegressionLoadOptions));
      assert.equal(again.loss, 'squaredError');
      assert.deepEqual(again.labels, []);
      assert.deepEqual(again.spec, net);
      assert.deepEqual(await again.predictBatch([[0.3], [-2]]), expected);
    }
    const clone = await kept(regressor.clone());
    assert.deepEqual(await clone.predictBatch([[0.3], [-2]]), expected);
  });

  it('does not mistake a file for another kind', async () => {
    const refused = async (
      of: Promise<{ export(): Promise<Blob> }>,
      options: LoadOptions | RegressionLoadOptions,
      message: RegExp,
    ) => assert.rejects(load(await (await of).export(), options as LoadOptions), { name: 'HandfulError', message });
    await refused(kept(create(net)), regression, /trained on crossEntropy; the option loss says squaredError/);
    await refused(sine(), { loss: 'crossEntropy' }, /trained on squaredError/);
    await refused(sine(), { labels: ['y'] }, /Regression has no labels; got \["y"\]/);
  });

  it('has values and what was seen, no classes', async () => {
    const regressor = await kept(create(mlp([784, 2]), regression));
    const { values, image } = await regressor.predict(drawn('line'), { image: true });
    assert.equal(values.length, 2);
    assert.deepEqual([image?.width, image?.height, image?.channels], [28, 28, 1]);
    assert.deepEqual(Object.keys(await regressor.predict(drawn('line'))), ['values']);
    await assert.rejects(regressor.predict({ strokes: [] }), { code: 'bad-input', message: /The input: .*no ink/ });
    await assert.rejects(regressor.predictBatch([drawn('line'), { strokes: [] }]), { message: /Input 1: .*no ink/ });
  });

  it('refuses targets that do not fit, by name', async () => {
    const two = await kept(create(mlp([1, 2]), regression));
    const good = { input: [1], target: [1, 2] };
    const wrong: [unknown, RegExp][] = [
      [{ input: [1] }, /got undefined/],
      [{ input: [1], target: 1 }, /got the number 1/],
      [{ input: [1], target: [1] }, /got a list of 1/],
      [{ input: [1], target: [1, 2, 3] }, /got a list of 3/],
      [{ input: [1], target: [1, NaN] }, /got a list of 2/],
      [{ input: [1], target: [1, 1e39] }, /got a list of 2/],
      [{ input: [1], target: [1, '2'] }, /got a list of 2/],
      [{ input: [1], target: '12' }, /got '12'/],
      [{ input: [1], target: null }, /got null/],
      [{ input: [1], label: 'x' }, /got undefined/],
      [undefined, /got undefined/],
    ];
    for (const [sample, message] of wrong) {
      const refused = (name: string) => ({
        code: 'bad-argument',
        message: new RegExp(`^${name} 1 has a target of 2 finite numbers; ${message.source}`),
      });
      const samples = [good, sample] as RegressionSample[];
      await assert.rejects(two.fineTune(samples), refused('Sample'));
      await assert.rejects(two.evaluate(samples), refused('Sample'));
      await assert.rejects(two.fineTune([good], { validation: samples }), refused('Validation sample'));
    }
    await assert.rejects(two.fineTune([]), { code: 'bad-argument', message: /list of samples; got a list of 0/ });
  });

  it('ends when it is aborted or diverges, and stays as it was', async () => {
    const regressor = await sine();
    const before = await regressor.predict([1]);
    const controller = new AbortController();
    const onProgress = ({ phase }: Progress) => phase === 'training' && controller.abort();
    const endless = { epochs: 100_000, onProgress, signal: controller.signal };
    await assert.rejects(regressor.fineTune(sampled(Math.cos, 30), endless), { code: 'aborted' });
    const wild = { optimizer: 'sgd', learningRate: 100, batchSize: 2, epochs: 3 } as const;
    const huge = sampled((x) => x, 30, -3e5, 3e5);
    await assert.rejects((await kept(create(mlp([1, 1]), regression))).fineTune(huge, wild), { code: 'diverged' });
    assert.deepEqual(await regressor.predict([1]), before);
  });
});
