import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create, lenet5, load, mlp } from '../../src/sdk/index.js';
import type { Classifier, LoadOptions, Preprocessing, Spec } from '../../src/sdk/index.js';
import { parseSafetensors, writeSafetensors } from '../../src/models/files/safetensors.js';
import { oneOfEach, writtenDigits } from '../support/written-digits.js';
import { disposedAfterAll, heardWarnings } from './support/classifiers.js';

const kept = disposedAfterAll();
const warnings = heardWarnings();

const lessons = writtenDigits(1200, 1);
const tests = writtenDigits(300, 2);

/** The file of a network that has learned digits prepared like this, as PyTorch would save it: it does not say how. */
async function stateDict(spec: Spec, preprocess: LoadOptions['preprocess'], learningRate = 0.003): Promise<Uint8Array> {
  const classifier = await kept(create(spec, { preprocess }));
  await classifier.fineTune(lessons, {
    epochs: 12,
    batchSize: 32,
    learningRate,
    validation: 0,
    augment: false,
    keep: 'always',
  });
  const file = await (await classifier.export()).arrayBuffer();
  return writeSafetensors(parseSafetensors(file).tensors);
}

async function accuracy(classifier: Classifier): Promise<number> {
  return (await classifier.evaluate(tests)).accuracy;
}

const ink = (mean: number, std: number, rest: Partial<Preprocessing> = {}): Preprocessing => ({
  kind: 'ink',
  mean: [mean],
  std: [std],
  ...rest,
});

describe('a probe finds how digits were prepared', () => {
  const flat = mlp([784, 24, 10]);
  const cases: [string, Spec, Preprocessing, number?][] = [
    ['values from 0 to 1', flat, ink(0, 1)],
    ["MNIST's mean and deviation", flat, ink(0.1307, 0.3081)],
    ['values from -1 to 1', flat, ink(0.5, 0.5)],
    ['values from 0 to 255', flat, ink(0, 1 / 255), 0.001],
    ['dark ink on light', flat, ink(0, 1, { invert: true }), 0.002],
    ['values from 0 to 1, of a LeNet-5', lenet5(), ink(0, 1)],
  ];
  for (const [title, spec, preprocess, rate] of cases)
    test(title, async () => {
      const file = await stateDict(spec, preprocess, rate);
      const right = await accuracy(await kept(load(file, { preprocess })));
      assert.ok(right > 0.8, `${right} can be had`);
      assert.deepEqual(warnings(), [], 'all was said');
      for (const seed of [11, 12, 13]) {
        const classifier = await kept(load(file, { probe: oneOfEach(seed) }));
        assert.ok(
          (await accuracy(classifier)) > right - 0.02,
          `${title}, probe ${seed}: ${classifier.notes.join(' ')}`,
        );
        assert.equal(Boolean(classifier.preprocess.invert), Boolean(preprocess.invert));
        assert.match(
          classifier.notes.join(),
          /^Inputs are prepared so: .* reads \d+ of 10 probe samples, best of 8 ways\.$/,
        );
        assert.deepEqual(warnings(), []);
      }
    });
});

describe('without a probe', () => {
  test('what is assumed is said, in notes and once on the console', async () => {
    const file = await stateDict(mlp([784, 8, 10]), ink(0, 1));
    const classifier = await kept(load(file));
    const note =
      /^The file does not say how inputs were prepared; assumed: bright ink on dark, fitted as in MNIST, less the mean 0.1307, divided by 0.3081\. Pass `preprocess`/;
    assert.equal(classifier.notes.length, 1);
    assert.match(classifier.notes.join(), note);
    const [warning, ...others] = warnings();
    assert.match(warning ?? '', /^handful, a model file of \d+ bytes: The file does not say/);
    assert.deepEqual(others, []);
    await classifier.reset();
    assert.deepEqual(warnings(), []);
  });

  test('what needs no assumption is not warned of', async () => {
    const file = await stateDict(mlp([784, 8, 10]), ink(0, 1));
    assert.deepEqual((await kept(load(file, { preprocess: { mean: [0], std: [1] } }))).notes, []);
    const numbers = await kept(create(mlp([3, 2])));
    const bare = writeSafetensors(parseSafetensors(await (await numbers.export()).arrayBuffer()).tensors);
    assert.deepEqual((await kept(load(bare))).notes, []);
    assert.deepEqual((await kept(load(await numbers.export()))).notes, []);
    assert.deepEqual(warnings(), []);
  });
});

describe('a probe that cannot tell', () => {
  test('leaves what was assumed, and says so', async () => {
    const { tensors } = parseSafetensors(await (await (await kept(create(mlp([784, 8, 10])))).export()).arrayBuffer());
    const classifier = await kept(load(writeSafetensors(tensors), { probe: oneOfEach(1) }));
    assert.deepEqual(classifier.preprocess, ink(0.1307, 0.3081));
    assert.match(
      classifier.notes.join(),
      /^None of 8 ways .* clearly better than chance, the best \d of 10 probe samples/,
    );
    assert.match(warnings().join(), /clearly better than chance/);
  });

  test('of three samples, or of one class alone, is none', async () => {
    const file = await stateDict(mlp([784, 24, 10]), ink(0, 1));
    for (const probe of [oneOfEach(1).slice(0, 2), oneOfEach(1, 10).slice(0, 10)]) {
      const classifier = await kept(load(file, { probe }));
      assert.match(classifier.notes.join(), /clearly better than chance/);
      assert.equal(warnings().length, 1);
    }
  });

  test('is refused where it makes no sense', async () => {
    const file = await stateDict(mlp([784, 8, 10]), ink(0, 1));
    const refused = (message: RegExp) => ({ name: 'HandfulError', code: 'bad-argument', message });
    const probe = oneOfEach(1);
    await assert.rejects(load(file, { probe: [] }), refused(/probe takes a list of samples/));
    await assert.rejects(
      load(file, { probe: [{ input: new Float32Array(784).fill(1), label: 'x' }] }),
      refused(/Probe sample 0.*"?x/),
    );
    await assert.rejects(
      load(file, { probe: new Array(101).fill(probe[0]) as typeof probe }),
      refused(/at most 100 samples; got 101/),
    );
    await assert.rejects(load(file, { probe: [{ input: new Float32Array(784), label: 1 }] }), {
      code: 'bad-input',
      message: /Probe sample 0: there is no ink/,
    });
    warnings();
  });

  test('only measures what the file says', async () => {
    const classifier = await kept(create(mlp([784, 24, 10]), { preprocess: { mean: [0], std: [1] } }));
    await classifier.fineTune(lessons, { epochs: 12, validation: 0, augment: false, keep: 'always' });
    const again = await kept(load(await classifier.export(), { probe: oneOfEach(5) }));
    assert.deepEqual(again.preprocess, ink(0, 1));
    assert.match(again.notes.join(), /is what the file or the option says\.$/);
  });
});

test('pictures are probed at their own size too', async () => {
  const spec = mlp([784, 32, 10]);
  const small = ink(0, 1, { fit: false, invert: true });
  const pictures = (count: number, seed: number) => writtenDigits(count, seed).map(asPicture);
  const classifier = await kept(create(spec, { preprocess: small }));
  await classifier.fineTune(pictures(1200, 1), {
    epochs: 25,
    learningRate: 0.001,
    validation: 0,
    augment: false,
    keep: 'always',
  });
  const right = (await classifier.evaluate(pictures(100, 4))).accuracy;
  assert.ok(right > 0.7, String(right));
  const { tensors } = parseSafetensors(await (await classifier.export()).arrayBuffer());
  const probed = await kept(load(writeSafetensors(tensors), { probe: oneOfEach(3).map(asPicture) }));
  const { fit, invert } = probed.preprocess;
  assert.deepEqual({ fit, invert }, { fit: false, invert: true }, probed.notes.join());
  assert.ok((await probed.evaluate(pictures(100, 4))).accuracy > right - 0.03);
  assert.deepEqual(warnings(), []);
});

/** A digit as it is in a corner of a page, dark on white. */
function asPicture({ input, label }: { input: Float32Array; label: string }) {
  const [width, height] = [42, 42];
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  input.forEach((value, i) => {
    const at = 4 * (((i / 28) | 0) * width + (i % 28));
    data.fill(255 * (1 - value), at, at + 3);
  });
  return { input: { data, width, height }, label };
}
