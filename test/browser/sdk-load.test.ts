import { assert } from 'chai';
import { create, lenet5, load, mlp } from 'handful';
import type { Classifier, LoadSource, Progress, Spec } from 'handful';
import { channelsLast } from '../support/pytorch.js';
import type { NetworkCase } from '../support/pytorch.js';
import {
  answers,
  assertNear,
  assertRising,
  disposedAfterEach,
  tiny,
  trainedFile,
  ways,
} from '../support/sdk-classifiers.js';
import { drawings, drawn, symbols } from '../support/sdk-drawings.js';
import { fixture, fixtureBytes } from './support/fixtures.js';

const wasm = { backend: 'wasm' } as const;
const disposed = disposedAfterEach();

function softmax(logits: number[]): number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

for (const { title, options } of ways)
  describe(title, () => {
    it('creates an untrained network that says what it is', async () => {
      const classifier = await disposed(create(tiny, { ...options, labels: ['a', 'b', 3] }));
      assert.deepEqual(classifier.labels, ['a', 'b', '3']);
      assert.deepEqual(classifier.spec, tiny);
      assert.equal(classifier.parameters, 784 * 16 + 16 + 16 * 3 + 3);
      assert.equal(classifier.preprocess.kind, 'ink');
      const { name, reason, threads, simd, adapter } = classifier.backend;
      assert.equal(name, options.backend);
      assert.match(reason, /was asked for/);
      if (name === 'webgpu') {
        assert.match(adapter!, /swiftshader/i);
        return;
      }
      assert.equal(simd, 'relaxed');
      const most = crossOriginIsolated && options.worker !== false ? Math.min(4, navigator.hardwareConcurrency) : 1;
      assert.equal(threads, most); // pages may not wait for threads, only workers may
    });

    it("answers as PyTorch does with a state_dict's weights", async () => {
      const { spec, input, logits } = await fixture<NetworkCase>('lenet5.json');
      const classifier = await disposed(
        load(await fixtureBytes('lenet5.safetensors'), {
          ...options,
          spec,
          preprocess: { kind: 'none', mean: [0], std: [1] },
        }),
      );
      const values = channelsLast(input);
      const [count = 0] = input.shape;
      const length = values.length / count;
      const inputs = Array.from({ length: count }, (_, i) => i);
      const predictions = await classifier.predictBatch(inputs.map((i) => values.slice(i * length, (i + 1) * length)));
      predictions.forEach(({ probabilities, confidence, label }, i) => {
        const expected = softmax(logits.data.slice(i * 10, (i + 1) * 10));
        assertNear(probabilities, expected, 1e-6);
        assert.equal(confidence, Math.max(...probabilities));
        assert.equal(label, classifier.labels[expected.indexOf(Math.max(...expected))]);
      });
    });
  });

describe('sources', () => {
  /** The same file has to answer the same wherever it comes from. */
  async function sameAnswers(source: LoadSource): Promise<void> {
    const [expected, actual] = await Promise.all([
      disposed(load(await fixtureBytes('lenet5.safetensors'), wasm)),
      disposed(load(source, wasm)),
    ]);
    assert.deepEqual(await answers(actual), await answers(expected));
    assert.deepEqual(actual.spec, { ...lenet5() });
  }
  const path = '/test/fixtures/lenet5.safetensors';

  it('an absolute path', () => sameAnswers(path));
  it('a relative path', () => sameAnswers(path.slice(1)));
  it('a URL', () => sameAnswers(new URL(path, location.href)));
  it('a data URL', async () => {
    const bytes = await fixtureBytes('lenet5.safetensors');
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    await sameAnswers(`data:application/octet-stream;base64,${text}`);
  });
  it('a Blob and the URL of a Blob', async () => {
    const blob = new Blob([await fixtureBytes('lenet5.safetensors')]);
    await sameAnswers(blob);
    await sameAnswers(URL.createObjectURL(blob));
  });
  it('an ArrayBuffer, which stays the caller’s', async () => {
    const { buffer } = await fixtureBytes('lenet5.safetensors');
    await sameAnswers(buffer);
    assert.isAbove(buffer.byteLength, 0);
  });
  it('a Uint8Array amid a larger buffer', async () => {
    const bytes = await fixtureBytes('lenet5.safetensors');
    const larger = new Uint8Array(bytes.length + 13).fill(7);
    larger.set(bytes, 5);
    await sameAnswers(larger.subarray(5, 5 + bytes.length));
    assert.equal(larger[4], 7);
  });
});

describe('a pretrained network', () => {
  for (const [title, options] of [
    ['beside the module', wasm],
    ['under assetBase', { ...wasm, assetBase: '/' }],
  ] as const)
    it(`reads a one, found ${title}`, async () => {
      const classifier = await disposed(load('mnist-lenet5', options));
      assert.deepEqual(classifier.labels, [...'0123456789']);
      assert.equal(classifier.parameters, 61_706);
      const { label, confidence } = await classifier.predict(drawn('line'));
      assert.equal(label, '1');
      assert.isAbove(confidence, 0.9);
    });
});

describe('options', () => {
  it('assetBase is where the pretrained networks come from', async () => {
    for (const assetBase of ['/', location.origin, new URL('/', location.href)]) {
      const classifier = await disposed(load('mnist-lenet5', { ...wasm, assetBase }));
      assert.equal(classifier.parameters, 61_706);
    }
  });

  it('a worker that the caller makes', async () => {
    let made = 0;
    const start = () => {
      made++;
      return new Worker('/dist/handful.worker.js', { type: 'module', name: 'mine' });
    };
    const classifier = await disposed(load(await trainedFile(), { ...wasm, worker: start }));
    assert.equal((await classifier.predict(drawn('cross'))).label, 'cross');
    assert.equal(made, 1);
    const clone = await disposed(classifier.clone());
    assert.equal((await clone.predict(drawn('line'))).label, 'line');
    assert.equal(made, 2);
  });

  it('the seed decides the initial weights', async () => {
    const classifiers = await Promise.all([1, 1, 2].map((seed) => disposed(create(tiny, { ...wasm, seed }))));
    const [one, same, other] = await Promise.all(classifiers.map(answers));
    assert.deepEqual(one, same);
    assert.notDeepEqual(one, other);
  });

  it('backend auto explains itself and never takes a GPU in software', async () => {
    const classifier = await disposed(create(tiny, { labels: symbols }));
    assert.equal(classifier.backend.name, 'wasm');
    assert.match(classifier.backend.reason, /at once/);
    await classifier.fineTune(drawings(2), { epochs: 1 }); // which waits for what is found out about the GPU
    assert.equal(classifier.backend.uses.fineTune, 'wasm');
    assert.match(classifier.backend.reason, /software/);
  });

  it('labels, spec and preprocessing of the caller override the file’s', async () => {
    const flat: Spec = mlp([784, 16, 3]);
    const classifier = await disposed(
      load(await trainedFile(), { ...wasm, spec: flat, labels: [7, 8, 9], preprocess: { mean: [0.5] } }),
    );
    assert.deepEqual(classifier.labels, ['7', '8', '9']);
    assert.deepEqual(classifier.preprocess, { kind: 'ink', mean: [0.5], std: [0.3081] });
  });

  it('progress rises to 1', async () => {
    const makers: ((onProgress: (progress: Progress) => void) => Promise<Classifier>)[] = [
      (onProgress) => load('/test/fixtures/lenet5.safetensors', { ...wasm, onProgress }),
      (onProgress) => load('/test/fixtures/lenet5.safetensors', { ...wasm, worker: false, onProgress }),
      (onProgress) => create(tiny, { ...wasm, onProgress }),
    ];
    for (const make of makers) {
      const seen: Progress[] = [];
      await disposed(make((progress) => seen.push(progress)));
      const fractions = seen.map(({ fraction }) => fraction);
      assertRising(fractions);
      assert.isTrue(seen.every(({ phase }) => phase === 'loading'));
    }
  });
});
