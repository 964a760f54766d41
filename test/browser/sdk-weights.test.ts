import { assert } from 'chai';
import { create, load, mlp } from 'handful';
import { answers, disposedAfterEach, places, refused, tiny, trained } from '../support/sdk-classifiers.js';
import { canvasOf, drawings, drawn, symbols } from '../support/sdk-drawings.js';
import { watchedWorker } from '../support/sdk-watched-worker.js';

const disposed = disposedAfterEach();

/** The weights alone, as PyTorch would save them: a safetensors file less its metadata. */
async function bare(file: Blob): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const { __metadata__: _, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    unknown
  >;
  bytes.set(new TextEncoder().encode(JSON.stringify(tensors).padEnd(length)), 8);
  return bytes;
}

for (const { title, options } of places)
  describe(title, () => {
    it('weights go out and come in as copies', async () => {
      const [one, other] = [
        await disposed(trained(options)),
        await disposed(create(tiny, { ...options, labels: symbols })),
      ];
      const weights = await one.weights();
      assert.deepEqual(
        Object.entries(weights).map(([name, { length }]) => [name, length]),
        [
          ['linears.0.weight', 784 * 16],
          ['linears.0.bias', 16],
          ['linears.1.weight', 16 * 3],
          ['linears.1.bias', 3],
        ],
      );
      const before = structuredClone(weights);
      const setting = other.setWeights(weights);
      for (const values of Object.values(weights)) values.fill(7);
      await setting;
      assert.deepEqual(await other.weights(), before);
      const [mine, theirs] = [await answers(one), await answers(other)];
      assert.deepEqual(
        theirs.map(({ label }) => label),
        mine.map(({ label }) => label),
      );
      await refused(
        other.setWeights({ ...before, 'linears.1.bias': [1, 2] }),
        'bad-argument',
        /linears.1.bias.* are 3/,
      );
      assert.deepEqual(await other.weights(), before);
    });

    it('a probe of canvases finds how the network was taught', async () => {
      const preprocess = { mean: [0], std: [1], invert: true };
      const teacher = await disposed(create(mlp([784, 16, 3]), { ...options, labels: symbols, preprocess }));
      await teacher.fineTune(drawings(20), { epochs: 40, validation: 0, keep: 'always', augment: false });
      const probe = drawings(4, 500).map(({ input, label }) => ({ input: canvasOf(input as never), label }));
      const student = await disposed(load(await bare(await teacher.export()), { ...options, labels: symbols, probe }));
      assert.isTrue(student.preprocess.invert);
      assert.match(student.notes.join(), /reads 1[0-2] of 12 probe samples/);
      assert.isAbove((await student.evaluate(drawings(10, 900))).accuracy, 0.9);
      await student.reset();
      assert.isTrue(student.preprocess.invert);
      assert.isAbove((await student.evaluate(drawings(10, 900))).accuracy, 0.9);
    });
  });

it('a worker that died comes back with the weights that were set, and with what a probe chose', async () => {
  let worker!: Worker;
  const { start } = watchedWorker();
  const options = { backend: 'wasm', labels: symbols, worker: () => (worker = start()) } as const;
  const teacher = await disposed(trained());
  const probe = drawings(4, 500);
  const classifier = await disposed(load(await bare(await teacher.export()), { ...options, probe }));
  const { preprocess } = classifier;
  const weights = await classifier.weights();
  weights['linears.1.bias']!.fill(0.25);
  await classifier.setWeights(weights);
  for (let deaths = 0; deaths < 2; deaths++) {
    const call = classifier.fineTune(drawings(3), { epochs: 100_000, keep: 'always' });
    setTimeout(() => worker.terminate(), 50);
    await refused(call, 'worker');
    assert.deepEqual(await classifier.weights(), weights);
  }
  await classifier.reset();
  assert.deepEqual(await classifier.weights(), await teacher.weights());
  assert.deepEqual(classifier.preprocess, preprocess);
  assert.equal((await classifier.predict(drawn('cross'))).label, 'cross');
});

it('a file that is too large is not read', async () => {
  const huge = new Blob(new Array(9).fill(new Uint8Array(2 ** 26)));
  await refused(load(huge, { backend: 'wasm' }), 'bad-model', /has 603979776 bytes; expected at most 536870912/);
});
