// What fine-tuning makes of fixed seeds, bit for bit: a change of the source that is meant to change no result may not
// change these. After one that is, `UPDATE_PINS=1 npm test -- unit pinned` writes them anew (once for each kind of SIMD).

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import v8 from 'node:v8';
import { create, lenet5, load, mlp, resnet } from '../../src/sdk/index.js';
import type { Classifier, FineTuneOptions, Layer, OptimizerName, Sample, Spec } from '../../src/sdk/index.js';
import { decodeModel } from '../../src/models/files/model-file.js';
import { draws } from '../support/draws.js';
import { drawings } from '../support/sdk-drawings.js';

const FILE = 'test/fixtures/pinned-weights.json';
type Pins = Record<string, Record<string, { weights: string; knowledge: string }>>;
const pins = JSON.parse(readFileSync(FILE, 'utf8')) as Pins;

/** As it was when pinned: what ships may be another by now, which is no change of the source. */
const asPinned = (id: string) => load(readFileSync(`test/fixtures/pinned/${id}.safetensors`));
const pretrained = (id: string) => load(readFileSync(`pretrained/${id}/model.safetensors`));
const digits = (perDigit: number, seed: number): Sample[] =>
  drawings(perDigit, seed).map(({ input, label }) => ({
    input,
    label: { circle: '0', line: '1', cross: '8' }[label]!,
  }));
const only = (symbol: string, perSymbol: number, seed = 3) =>
  drawings(perSymbol, seed).filter(({ label }) => label === symbol);

/** Points in four dimensions around one centre a class. */
function points(perClass: number, seed: number): Sample[] {
  const { normal } = draws(seed);
  return Array.from({ length: perClass * 3 }, (_, i) => ({
    input: normal(4).map((value, axis) => 0.8 * value + (axis === i % 3 ? 2 : 0)),
    label: i % 3,
  }));
}

/** Noise, a third of it brighter, as [side, side, channels]. */
function pictures(count: number, [height, width, channels]: number[], seed: number): Sample[] {
  const { uniform } = draws(seed);
  return Array.from({ length: count }, (_, i) => ({
    input: Float32Array.from({ length: height! * width! * channels! }, () => (uniform() + (i % 3)) / 3),
    label: i % 3,
  }));
}

const odd: Spec = {
  name: 'odd',
  input: [9, 8, 2],
  layers: [
    { type: 'conv2d', name: 'a', filters: 5, kernel: 3, padding: 1, activation: 'tanh' },
    { type: 'maxPool', size: 2 },
    { type: 'conv2d', name: 'b', filters: 6, kernel: 2, stride: 2, padding: 1, activation: 'relu' },
    {
      type: 'residual',
      body: [{ type: 'conv2d', name: 'c', filters: 6, kernel: 3, padding: 1, activation: 'relu' }],
      activation: 'relu',
    },
    { type: 'residual', body: [{ type: 'batchNorm', name: 'n', activation: 'sigmoid' }] },
    { type: 'avgPool', size: 2, stride: 1 },
    { type: 'maxPool', size: 2, stride: 1 },
    { type: 'flatten' },
    { type: 'dense', name: 'd', units: 7, activation: 'sigmoid' },
    { type: 'dense', name: 'e', units: 3, bias: false },
  ] as Layer[],
};

interface Case {
  classifier: () => Promise<Classifier>;
  samples: Sample[];
  options?: FineTuneOptions;
  /** New heads had no detector when this was pinned. */
  hadNoDetector?: boolean;
  /** A second fine-tune after the first. */
  then?: Sample[];
}

const optimizers: OptimizerName[] = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamw'];
/** The last layers, in small steps. */
const gently: FineTuneOptions = {
  ...{ layers: 3, epochs: 120, batchSize: 16, optimizer: 'adam', learningRate: 0.001, weightDecay: 0 },
  ...{ schedule: 'cosine', labelSmoothing: 0, augment: { strength: 0.7 } },
};
const always: FineTuneOptions = { keep: 'always', epochs: 2 };

const cases: Record<string, Case> = {
  'a fresh LeNet-5, by the defaults': {
    classifier: () => create(lenet5({ classes: 3 }), { seed: 5 }),
    samples: drawings(4).map(({ input, label }) => ({
      input,
      label: ['circle', 'cross', 'line'].indexOf(String(label)),
    })),
    options: { epochs: 12 },
  },
  'mnist-lenet5, a few of its own digits': {
    classifier: () => asPinned('mnist-lenet5'),
    samples: digits(2, 3),
    options: { keep: 'always', seed: 3 },
  },
  'mnist-lenet5, enough to hold some back': {
    classifier: () => asPinned('mnist-lenet5'),
    samples: digits(6, 50).map(({ input, label }) => ({ input, label: (Number(label) + 3) % 10 })),
  },
  'mnist-lenet5, nothing left to learn': { classifier: () => asPinned('mnist-lenet5'), samples: digits(5, 50) },
  'mnist-lenet5, three labels in place of its own': {
    classifier: () => asPinned('mnist-lenet5'),
    samples: drawings(6, 3),
    options: gently,
    hadNoDetector: true,
  },
  'mnist-lenet5, one label beside its own': {
    classifier: () => asPinned('mnist-lenet5'),
    samples: only('cross', 5),
    then: only('circle', 3),
  },
  'mnist-softmax, one label beside its own': {
    classifier: () => pretrained('mnist-softmax'),
    samples: only('cross', 7),
  },
  'mnist-lenet5, its head alone': {
    classifier: () => asPinned('mnist-lenet5'),
    samples: digits(3, 8),
    options: { layers: 'head', ...always },
  },
  'mnist-minivgg': { classifier: () => asPinned('mnist-minivgg'), samples: digits(6, 4), options: always },
  'mnist-resnet': { classifier: () => asPinned('mnist-resnet'), samples: digits(6, 4), options: always },
  'mnist-resnet, two samples of each': {
    classifier: () => asPinned('mnist-resnet'),
    samples: digits(2, 4),
    options: { keep: 'always', epochs: 3 },
  },
  'cifar10-resnet, photos varied': {
    classifier: () => pretrained('cifar10-resnet'),
    samples: pictures(12, [32, 32, 3], 3).map(({ input, label }) => ({
      input,
      label: ['cat', 'dog', 'ship'][Number(label)]!,
    })),
    options: { keep: 'always', epochs: 1, augment: { brightness: 0.2, contrast: 0.1, saturation: 0.1, cutout: 8 } },
  },
  'a fresh ResNet of two stages': {
    classifier: () => create(resnet([1, 1], { input: [12, 12, 3], classes: 3 }), { preprocess: { kind: 'none' } }),
    samples: pictures(21, [12, 12, 3], 6),
    options: { epochs: 4 },
  },
  'layers of every kind': {
    classifier: () => create(odd),
    samples: pictures(20, [9, 8, 2], 7),
    options: { epochs: 5, optimizer: 'nesterov', weightDecay: 0.01, labelSmoothing: 0.1, schedule: 'linear' },
  },
};
for (const optimizer of optimizers)
  cases[`a perceptron, by ${optimizer}`] = {
    classifier: () => create(mlp([4, 8, 6, 3])),
    samples: points(9, 2),
    options: { optimizer, weightDecay: 0.02, epochs: 6, patience: 3, validation: 0.25, keep: 'always' },
  };

/** Of the tensors' bytes, and of what else was learned. */
async function hashes(classifier: Classifier, hadNoDetector: boolean) {
  const file = new Uint8Array(await (await classifier.export()).arrayBuffer());
  const header = Number(new DataView(file.buffer).getBigUint64(0, true));
  const { temperature, detector: found, classStatistics } = decodeModel(file);
  const detector = hadNoDetector ? undefined : found;
  const knowledge = [
    [temperature ?? 1, detector?.threshold ?? 0, detector?.radius ?? 0, classStatistics?.minimum ?? 0],
    ...(detector ? [detector.weights, ...detector.regions.flatMap(({ centre, radius }) => [centre, [radius]])] : []),
    ...(classStatistics ? [classStatistics.covarianceFactor, ...classStatistics.means.map((mean) => mean ?? [])] : []),
  ];
  const hash = (...parts: Uint8Array[]) => {
    const sum = createHash('sha256');
    for (const part of parts) sum.update(part);
    return sum.digest('hex').slice(0, 16);
  };
  return {
    weights: hash(file.subarray(8 + header)),
    knowledge: hash(...knowledge.map((values) => new Uint8Array(Float64Array.from(values).buffer))),
  };
}

async function check(
  name: string,
  { classifier: make, samples, options, then, hadNoDetector = false }: Case,
): Promise<void> {
  const classifier = await make();
  await classifier.fineTune(samples, options);
  if (then) await classifier.fineTune(then);
  const found = await hashes(classifier, hadNoDetector);
  const { threads, simd } = classifier.backend;
  assert.equal(threads, 1);
  classifier.dispose();
  if (process.env.UPDATE_PINS) (pins[simd!] ??= {})[name] = found;
  else assert.deepEqual(found, pins[simd!]?.[name]);
}

for (const [name, each] of Object.entries(cases)) test(`bit for bit as before: ${name}`, () => check(name, each));

test('and with relaxed SIMD', async (t) => {
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd'); // as scripts/lib/relaxed.mjs
  for (const [name, each] of Object.entries(cases)) await t.test(name, () => check(name, each));
  if (process.env.UPDATE_PINS) writeFileSync(FILE, `${JSON.stringify(pins, undefined, 2)}\n`);
});
