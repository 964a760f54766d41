import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { farthest, kerasCases, loadKeras, logitsOf, softmax } from '../support/keras.js';

/** What each fixture's outputs are: Keras answers by probabilities where the model ends in them. */
const ENDS: Record<string, (logits: number[]) => number[]> = {
  photo: softmax,
  residual: softmax,
  binary: (logits) => softmax(logits).slice(1),
};

describe('models as Keras saves them', () => {
  for (const [name, { formats, inputs, outputs }] of Object.entries(kerasCases))
    for (const format of formats)
      it(`${name}.${format} answers as in Keras`, async () => {
        const model = await loadKeras(`${name}.${format}`);
        const pixels =
          model.preprocess.kind === 'photo' && name === 'photo' ? inputs.map((each) => each / 255) : inputs;
        const answers = logitsOf(model, pixels).map(ENDS[name] ?? ((logits) => logits));
        const error = farthest(answers, outputs);
        assert.ok(error < (name === 'flat' ? 5e-3 : 1e-5), `the largest difference is ${error}`);
      });
});

describe('HDF5 files', () => {
  for (const name of ['packed.h5', 'latest.h5'])
    it(`${name} holds the same numbers`, async () => {
      const [one, other] = [await loadKeras('tutorial.h5'), await loadKeras(name)];
      assert.deepEqual(other, one);
    });
});

describe('what a Keras model becomes', () => {
  it('a classifier of pictures, whose rescaling is preprocessing', async () => {
    const { spec, preprocess, labels, notes } = await loadKeras('photo.keras');
    assert.deepEqual(preprocess, { kind: 'photo', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
    assert.deepEqual(labels, ['0', '1', '2']);
    assert.deepEqual(notes, [
      'The model scales pixels itself, from 0 to 255.',
      'Left out, since handful varies samples in training itself: RandomFlip, RandomRotation.',
      'The softmax at the end is left out: handful makes probabilities of logits itself.',
    ]);
    assert.deepEqual(spec, {
      name: 'sequential_1',
      input: [9, 9, 3],
      layers: [
        { type: 'conv2d', name: 'conv2d', filters: 4, kernel: 3, padding: 1, activation: 'relu' },
        { type: 'maxPool', size: 2, padding: 'same' },
        { type: 'conv2d', name: 'conv2d_1', filters: 5, kernel: 3, stride: 2, padding: 'same', bias: false },
        { type: 'batchNorm', name: 'batch_normalization', momentum: 0.1, epsilon: 0.001 },
        { type: 'activation', activation: 'leakyRelu', slope: 0.1 },
        {
          type: 'depthwiseConv2d',
          name: 'separable_conv2d.depthwise',
          kernel: 3,
          multiplier: 2,
          padding: 1,
          bias: false,
        },
        { type: 'conv2d', name: 'separable_conv2d.pointwise', filters: 6, kernel: 1, activation: 'silu' },
        { type: 'dropout', rate: 0.1 },
        { type: 'depthwiseConv2d', name: 'depthwise_conv2d', kernel: 2, padding: 'same', activation: 'gelu' },
        { type: 'avgPool', size: 2, stride: 1 },
        { type: 'globalAvgPool' },
        { type: 'dense', name: 'dense_2', units: 3 },
      ],
    });
  });

  it('branches as residuals and sums, and a model in the model as its layers', async () => {
    const { spec } = await loadKeras('residual.h5');
    assert.deepEqual(
      spec.layers.map(({ type }) => type),
      ['conv2d', 'residual', 'residual', 'residual', 'residual', 'add', 'flatten', 'dense', 'activation', 'dense'],
    );
    assert.deepEqual(spec.layers[2], {
      type: 'residual',
      body: [
        { type: 'conv2d', name: 'out.2', filters: 6, kernel: 3, stride: 2, padding: [0, 1, 0, 1] },
        { type: 'batchNorm', name: 'batch_normalization_2', momentum: 0.01, epsilon: 0.001 },
      ],
      shortcut: [{ type: 'conv2d', name: 'short', filters: 6, kernel: 1, stride: 2 }],
      activation: 'relu',
    });
  });

  it('numbers that are normalised, and two classes of one sigmoid', async () => {
    const { preprocess, spec, notes } = await loadKeras('binary.h5');
    assert.equal(preprocess.kind, 'none');
    assert.equal(preprocess.mean.length, 4);
    assert.deepEqual(spec.layers.at(-1), { type: 'dense', name: 'dense_4', units: 2 });
    assert.match(String(notes), /two classes/);
  });
});
