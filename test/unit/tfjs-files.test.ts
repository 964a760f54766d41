// Against TensorFlow.js itself: it loads what handful writes, and handful what it saves.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { unzipSync, zipSync } from 'fflate';
import { random } from '../../src/common/random.js';
import { sizeOf } from '../../src/common/shapes.js';
import { readModelFile } from '../../src/models/formats/read-model-file.js';
import { writeModel } from '../../src/models/formats/write-model.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Model } from '../../src/models/model.js';
import { defaultPreprocess } from '../../src/models/preprocessing.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';
import { farthest, logitsOf } from '../support/keras.js';

before(async () => {
  await tf.setBackend('cpu');
});

const everything: Spec = {
  name: 'everything',
  input: [9, 9, 3],
  layers: [
    { type: 'conv2d', name: '_conv', filters: 4, kernel: 3, padding: [1, 0, 0, 1], activation: 'leakyRelu' },
    {
      type: 'depthwiseConv2d',
      name: 'depth',
      kernel: 3,
      multiplier: 2,
      stride: 2,
      padding: 'same',
      activation: 'silu',
    },
    { type: 'batchNorm', name: 'bn', activation: 'gelu' },
    { type: 'dropout', rate: 0.2 },
    { type: 'add', branches: [[], [], [{ type: 'conv2d', name: 'b', filters: 8, kernel: 1, activation: 'gelu' }]] },
    { type: 'maxPool', size: 2, stride: 1, padding: 'same' },
    { type: 'activation', activation: 'leakyRelu', slope: 0.3 },
    { type: 'avgPool', size: [2, 1], padding: 'same' },
    { type: 'flatten' },
    { type: 'dense', name: 'hidden', units: 6, activation: 'sigmoid' },
    { type: 'batchNorm', name: 'bn2', activation: 'tanh' },
    { type: 'dense', name: 'out', units: 3, bias: false },
  ],
};

const specs: Record<string, Spec> = {
  mlp: mlp([12, 9, 4], { activation: 'tanh' }),
  lenet5: lenet5(),
  miniVgg: miniVgg(),
  resnet: resnet(),
  resnet9: resnet9(),
  everything,
};

/** Weights and statistics that are all different. */
function modelOf(spec: Spec): Model {
  const architecture = lower(spec);
  const weights = initialise(architecture, 5);
  const next = random(7);
  for (const { name, kind } of architecture.parameters)
    if (kind !== 'conv' && kind !== 'dense')
      weights.get(name)?.data.forEach((value, i, data) => (data[i] = value + 0.3 * next()));
  const labels = Array.from({ length: architecture.classes }, (_, i) => `label ${i}`);
  return { spec, labels, preprocess: defaultPreprocess(spec.input), weights, temperature: 1.5 };
}

const inputsOf = ({ input }: Spec, count = 2): number[] => {
  const next = random(3);
  return Array.from({ length: count * sizeOf(input) }, next);
};

const none = (model: Model): Model => ({ ...model, preprocess: { kind: 'none', mean: [0], std: [1] } });

async function inTfjs(file: Uint8Array, spec: Spec, inputs: number[]): Promise<number[][]> {
  const { 'model.json': json, 'weights.bin': weights } = unzipSync(file);
  assert.ok(json && weights);
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json));
  const weightSpecs = weightsManifest[0].weights;
  const loaded = await layers.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.slice().buffer }),
  );
  const answer = tf.tidy(() => loaded.predict(tf.tensor(inputs, [inputs.length / sizeOf(spec.input), ...spec.input])));
  const rows = await (answer as tf.Tensor2D).array();
  loaded.dispose();
  return rows;
}

describe('networks as TensorFlow.js files', () => {
  for (const [name, spec] of Object.entries(specs))
    it(`${name}: TensorFlow.js answers the same, and load gives the same model back`, async () => {
      const model = modelOf(spec);
      const file = await writeModel(model, 'tfjs');
      const inputs = inputsOf(spec, name === 'resnet9' ? 1 : 2);
      const wanted = logitsOf(none(model), inputs);
      const error = farthest(await inTfjs(file, spec, inputs), wanted);
      assert.ok(error < 1e-4, `the largest difference is ${error}`);

      const back = await readModelFile(file, {});
      assert.deepEqual(
        { ...back, weights: undefined, spec: undefined },
        { ...model, weights: undefined, spec: undefined },
      );
      assert.ok(farthest(logitsOf(none(back), inputs), wanted) < 1e-9);
      if (name === 'everything') return; // one of its layers is called otherwise there
      assert.deepEqual(back.spec, spec);
      for (const [parameter, { data }] of model.weights) assert.deepEqual(back.weights.get(parameter)?.data, data);
    });

  it('is the network that its layers say where metadata are gone', async () => {
    for (const [name, spec] of Object.entries(specs)) {
      const files = unzipSync(await writeModel(modelOf(spec), 'tfjs'));
      const json = JSON.parse(new TextDecoder().decode(files['model.json']));
      delete json.userDefinedMetadata;
      files['model.json'] = new TextEncoder().encode(JSON.stringify(json));
      const { spec: read } = await readModelFile(zipSync(files), {});
      if (name !== 'everything') assert.deepEqual(lower(read).operations, lower(spec).operations, name);
    }
  });

  it('refuses what TensorFlow.js cannot load', async () => {
    const spec: Spec = {
      name: 'odd',
      input: [8, 8, 1],
      layers: [
        { type: 'maxPool', size: 3, padding: [1, 0, 0, 1] },
        { type: 'flatten' },
        { type: 'dense', name: 'd', units: 2 },
      ],
    };
    await assert.rejects(async () => writeModel(modelOf(spec), 'tfjs'), { code: 'bad-argument', message: /pool/ });
    const head = { type: 'dense', name: 'd', units: 2 } as const;
    const gelu: Spec = { name: 'gelu', input: [4], layers: [{ ...head, name: 'a', activation: 'geluTanh' }, head] };
    await assert.rejects(async () => writeModel(modelOf(gelu), 'tfjs'), { code: 'bad-argument', message: /gelu_new/ });
  });
});

/** A model as TensorFlow.js saves it: model.json and one file of weights. */
async function saved(model: layers.LayersModel): Promise<{ json: Uint8Array; weights: Uint8Array }> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const { weightData, weightSpecs, ...rest } = artifacts ?? {};
  assert.ok(weightData instanceof ArrayBuffer);
  const json = { ...rest, weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: weightSpecs }] };
  return { json: new TextEncoder().encode(JSON.stringify(json)), weights: new Uint8Array(weightData) };
}

/** Initial values of TensorFlow.js's own are not the same twice. */
const zeros = { kernelInitializer: 'zeros', depthwiseInitializer: 'zeros' } as const;
const separableZeros = { depthwiseInitializer: 'zeros', pointwiseInitializer: 'zeros' } as const;

function shaken(model: layers.LayersModel): layers.LayersModel {
  const next = random(11);
  const values = (tensor: tf.Tensor) => Float32Array.from(tensor.dataSync(), (value) => value + next() - 0.4);
  model.setWeights(model.getWeights().map((tensor) => tf.tensor(values(tensor), tensor.shape)));
  return model;
}

function pictures(): layers.LayersModel {
  const { layers: l } = layers;
  return layers.sequential({
    layers: [
      l.conv2d({
        inputShape: [10, 10, 3],
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        ...zeros,
      }),
      l.batchNormalization(),
      l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...zeros }),
      l.leakyReLU({ alpha: 0.2 }),
      l.separableConv2d({ filters: 5, kernelSize: 2, activation: 'tanh', ...separableZeros }),
      l.maxPooling2d({ poolSize: 2 }),
      l.dropout({ rate: 0.3 }),
      l.flatten(),
      l.dense({ units: 3, activation: 'softmax', ...zeros }),
    ],
  });
}

describe('models as TensorFlow.js saves them', () => {
  it('answer the same, from two shards', async () => {
    const model = shaken(pictures());
    const { json, weights } = await saved(model);
    const shards: Record<string, Uint8Array> = { 'a.bin': weights.subarray(0, 101), 'b.bin': weights.subarray(101) };
    const shares: number[] = [];
    const read = await readModelFile(json, {}, async (path, share = 1) => {
      shares.push(share);
      return shards[path] ?? new Uint8Array();
    });
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-9);
    const inputs = inputsOf(read.spec);
    const expected = await (model.predict(tf.tensor(inputs, [2, 10, 10, 3])) as tf.Tensor2D).array();
    const logs = (rows: number[][]) => rows.map((row) => row.map((value) => value - (row[0] ?? 0)));
    const error = farthest(logs(logitsOf(none(read), inputs)), logs(expected.map((row) => row.map(Math.log))));
    assert.ok(error < 1e-4, `the largest difference is ${error}`);
  });

  it('that are branched, too, with weights quantised to a byte', async () => {
    const { layers: l } = layers;
    const input = layers.input({ shape: [6, 6, 2] });
    const stem = l
      .conv2d({ filters: 3, kernelSize: 3, padding: 'same', ...zeros })
      .apply(input) as layers.SymbolicTensor;
    const branch = l
      .conv2d({ filters: 3, kernelSize: 3, padding: 'same', ...zeros })
      .apply(stem) as layers.SymbolicTensor;
    const sum = l.add().apply([stem, branch]) as layers.SymbolicTensor;
    const mean = l.globalAveragePooling2d({}).apply(l.activation({ activation: 'relu' }).apply(sum));
    const outputs = l.dense({ units: 2, ...zeros }).apply(mean) as layers.SymbolicTensor;
    const model = shaken(layers.model({ inputs: input, outputs }));
    const { json, weights } = await saved(model);
    const described = JSON.parse(new TextDecoder().decode(json));
    const floats = new Float32Array(weights.slice().buffer);
    const [min, scale] = [-2, 4 / 255];
    for (const weight of described.weightsManifest[0].weights) weight.quantization = { dtype: 'uint8', min, scale };
    described.weightsManifest[0].paths = ['bytes.bin'];
    const bytes = Uint8Array.from(floats, (value) => Math.round((value - min) / scale));
    const read = await readModelFile(new TextEncoder().encode(JSON.stringify(described)), {}, async () => bytes);
    model.setWeights(
      model.getWeights().map((tensor) =>
        tf.tensor(
          tensor.dataSync().map((v) => Math.round((v - min) / scale) * scale + min),
          tensor.shape,
        ),
      ),
    );
    const inputs = inputsOf(read.spec);
    const expected = await (model.predict(tf.tensor(inputs, [2, 6, 6, 2])) as tf.Tensor2D).array();
    assert.ok(farthest(logitsOf(none(read), inputs), expected) < 1e-4);
    assert.deepEqual(
      read.spec.layers.map(({ type }) => type),
      ['conv2d', 'residual', 'globalAvgPool', 'dense'],
    );
  });
});
