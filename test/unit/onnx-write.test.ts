import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import * as ort from 'onnxruntime-web';
import type { Device } from '../../src/backends/device.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { random } from '../../src/common/random.js';
import { decodeModel } from '../../src/models/files/model-file.js';
import { readModelFile } from '../../src/models/formats/read-model-file.js';
import { writeModel } from '../../src/models/formats/write-model.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import { defaultLabels } from '../../src/models/labels.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Model } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { defaultPreprocess } from '../../src/models/preprocessing.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { Layer, Spec } from '../../src/types.js';

// Our files in another runtime, and back.

ort.env.wasm.numThreads = 1;

let device: Device;
before(async () => (device = await openWasm({})));
after(() => device.release());

/** A model whose weights are random, running statistics too. */
function modelOf(spec: Spec): Model {
  const architecture = lower(spec);
  const next = random(1);
  const weights = initialise(architecture, 1);
  for (const [name, { data }] of weights)
    if (/running|\.bn|^bn/.test(name)) data.forEach((_, i) => (data[i] = 0.5 + next()));
  const labels = defaultLabels(architecture.classes).map((label) => `class ${label}`);
  return { spec, labels, preprocess: defaultPreprocess(spec.input), weights, temperature: 1.7 };
}

const channelsFirst = (values: Float32Array, [height = 1, width = 1, channels = 1]: number[]) =>
  values.map((_, i) => {
    const size = height * width * channels;
    const [example, at] = [Math.floor(i / size), i % size];
    return values[example * size + (at % (height * width)) * channels + Math.floor(at / (height * width))] ?? 0;
  });

async function compare(model: Model, bytes: Uint8Array): Promise<void> {
  const { spec } = model;
  const next = random(2);
  const count = 3;
  const values = Float32Array.from({ length: count * spec.input.reduce((a, b) => a * b) }, () => next() - 0.5);
  const network = new Network(lower(spec), model.weights, device);
  const ours = await infer(network, values);
  network.dispose();
  const session = await ort.InferenceSession.create(bytes);
  const isImage = spec.input.length === 3;
  const [height = 1, width = 1, channels = 1] = spec.input;
  const dims = isImage ? [count, channels, height, width] : [count, ...spec.input];
  const input = new ort.Tensor('float32', isImage ? channelsFirst(values, spec.input) : values, dims);
  const { logits, probabilities } = await session.run({ input });
  const theirs = [logits?.data, probabilities?.data] as Float32Array[];
  await session.release();
  assert.equal(theirs[0]?.length, ours.length);
  ours.forEach((x, i) =>
    assert.ok(Math.abs(x - (theirs[0]?.[i] ?? NaN)) < 1e-4, `logit ${i}: ${x}, ${theirs[0]?.[i]}`),
  );
  const first = Array.from(ours.subarray(0, model.labels.length), (x) => Math.exp(x / (model.temperature ?? 1)));
  const sum = first.reduce((a, b) => a + b);
  first.forEach((x, i) => assert.ok(Math.abs(x / sum - (theirs[1]?.[i] ?? NaN)) < 1e-4, `probability ${i}`));
}

const conv = (name: string, filters: number, more: object = {}): Layer => ({
  type: 'conv2d',
  name,
  filters,
  kernel: 3,
  ...more,
});
const head = { type: 'dense', name: 'head', units: 3 } as const;
const everything: Spec = {
  name: 'everything',
  input: [9, 8, 2],
  layers: [
    conv('a', 4, { padding: 'same', stride: 2, activation: 'leakyRelu', bias: false }),
    { type: 'depthwiseConv2d', name: 'b', kernel: 3, multiplier: 2, padding: [1, 0, 2, 1], activation: 'gelu' },
    {
      type: 'add',
      branches: [[conv('c', 8, { padding: 1 })], [], [conv('d', 8, { kernel: 1 }), { type: 'batchNorm', name: 'bn1' }]],
      activation: 'tanh',
    },
    { type: 'avgPool', size: 2, stride: 1, padding: [1, 0, 0, 1] },
    { type: 'activation', activation: 'leakyRelu', slope: 0.3 },
    { type: 'dropout', rate: 0.4 },
    { type: 'maxPool', size: [2, 1], stride: [1, 2] },
    { type: 'activation', activation: 'silu' },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.5 },
    { type: 'dense', name: 'e', units: 6, activation: 'geluTanh' },
    { type: 'batchNorm', name: 'bn2', epsilon: 1e-3, momentum: 0.01, activation: 'sigmoid' },
    head,
  ],
};

const lists: Spec = {
  name: 'lists',
  input: [4, 3, 2],
  layers: [
    { type: 'flatten' },
    { type: 'batchNorm', name: 'bn1' },
    { type: 'residual', body: [{ type: 'dense', name: 'a', units: 24, activation: 'relu' }] },
    { type: 'dense', name: 'b', units: 8 },
    head,
  ],
};
const branches: Spec = {
  name: 'branches',
  input: [4, 3, 2],
  layers: [
    { type: 'flatten' },
    { type: 'activation', activation: 'tanh' },
    { type: 'residual', body: [{ type: 'dense', name: 'a', units: 24 }] },
    head,
  ],
};

describe('ONNX files', () => {
  const specs = [
    lenet5(),
    miniVgg({ input: [32, 32, 3] }),
    mlp([784, 32, 10]),
    mlp([5, 8, 2], { activation: 'tanh' }),
    resnet([2, 2, 2], { input: [32, 32, 3] }),
    resnet9(),
    everything,
    lists,
    branches,
  ];
  for (const spec of specs)
    it(`${spec.name} [${spec.input}] answers in onnxruntime as here, and comes back as it was`, async () => {
      const model = modelOf(spec);
      const bytes = await writeModel(model, 'onnx');
      await compare(model, bytes);
      const again = await readModelFile(bytes, {});
      assert.deepEqual(again, model);
    });

  it('keep all that a pretrained network knows', async () => {
    const model = decodeModel(new Uint8Array(readFileSync('pretrained/mnist-lenet5/model.safetensors')));
    assert.ok(model.detector && model.classStatistics && model.temperature);
    assert.deepEqual(await readModelFile(await writeModel(model, 'onnx'), {}), model);
  });

  it('of regressors yield values', async () => {
    const model: Model = { ...modelOf(mlp([2, 4, 1])), loss: 'squaredError', labels: [] };
    const bytes = await writeModel(model, 'onnx');
    const session = await ort.InferenceSession.create(bytes);
    assert.deepEqual(session.outputNames, ['values']);
    await session.release();
    assert.deepEqual(await readModelFile(bytes, {}), model);
  });

  it('heed what is given beside them', async () => {
    const bytes = await writeModel(modelOf(mlp([2, 4, 2])), 'onnx');
    const model = await readModelFile(bytes, { labels: ['no', 'yes'], preprocess: { mean: [3] } });
    assert.deepEqual(model.labels, ['no', 'yes']);
    assert.deepEqual(model.preprocess.mean, [3]);
    await assert.rejects(readModelFile(bytes, { spec: mlp([2, 5, 2]) }), {
      code: 'bad-model',
      message: /linears.0.weight/,
    });
  });
});
