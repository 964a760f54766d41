// Tiny networks and problems, so that training takes milliseconds.

import { HandfulError } from '../../src/errors.js';
import type { Model, Weights } from '../../src/models/model.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import { mlp } from '../../src/models/zoo.js';
import type { Dataset } from '../../src/training/loop/dataset.js';
import type { Activation, Layer, Padding, Spec } from '../../src/types.js';
import { draws } from './draws.js';
import type { Draws } from './draws.js';
import { addTo } from './lists.js';

/** A convolution, batch norm, a residual block and two dense layers on images [6, 6, 1]: every kind of layer. */
export function tinyNet(classes = 3): Spec {
  return {
    name: 'tiny',
    input: [6, 6, 1],
    layers: [
      { type: 'conv2d', name: 'conv', filters: 4, kernel: 3, padding: 1, activation: 'relu' },
      { type: 'maxPool', size: 2 },
      {
        type: 'residual',
        body: [
          { type: 'conv2d', name: 'block.conv', filters: 4, kernel: 3, padding: 1, bias: false },
          { type: 'batchNorm', name: 'block.bn' },
        ],
        activation: 'relu',
      },
      { type: 'flatten' },
      { type: 'dense', name: 'fc1', units: 8, activation: 'relu' },
      { type: 'dense', name: 'fc2', units: classes },
    ],
  };
}

/** Without batch norm, whose statistics change in layers that do not learn. */
export function tinyConvNet(classes = 3): Spec {
  return { ...tinyNet(classes), layers: tinyNet(classes).layers.filter(({ type }) => type !== 'residual') };
}

export function tinyMlp(classes = 3): Spec {
  return mlp([36, 16, classes]);
}

export function modelOf(spec: Spec, seed = 0, labels?: string[]): Model {
  const { classes, spec: checked } = lower(spec);
  return {
    spec: checked,
    labels: labels ?? Array.from({ length: classes }, (_, i) => String(i)),
    preprocess: { kind: 'none', mean: [0], std: [1] },
    weights: initialise(lower(spec), seed),
  };
}

/**
 * Images [6, 6, 1] that are easy to tell apart: noise, and a bright row (classes 0 to 5) or column (6 to 11).
 * @param noise Standard deviation.
 */
export function rowsAndColumns(count: number, classes: number, seed: number, noise = 0.3): Dataset {
  const { normal } = draws(seed);
  const inputs = normal(count * 36).map((value) => value * noise);
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  labels.forEach((label, n) => {
    for (let i = 0; i < 6; i++) addTo(inputs, n * 36 + (label < 6 ? label * 6 + i : i * 6 + label - 6), 1.5);
  });
  return { inputs, classes: labels };
}

/** Images of pure noise with labels that mean nothing: they can be learned by heart alone. */
export function noise(count: number, classes: number, seed: number): Dataset {
  const { normal } = draws(seed);
  return { inputs: normal(count * 36), classes: Int32Array.from({ length: count }, (_, i) => i % classes) };
}

/** Weights and statistics as a trained network might have them, away from 0 and 1. */
export function randomWeights(spec: Spec, { normal }: Draws): Weights {
  return new Map(
    lower(spec).parameters.map(({ name, shape, kind }) => {
      const data = normal(shape.reduce((a, b) => a * b)).map((value) => 0.5 * value);
      return [name, { shape, data: kind === 'runningVar' ? data.map((value) => 0.5 + Math.abs(value)) : data }];
    }),
  );
}

/** Draws a small network of random layers; those that do not fit together are drawn again. */
export function randomSpec(draw: Draws): Spec {
  for (;;) {
    const spec: Spec = {
      name: 'random',
      input: [draw.whole(4, 8), draw.whole(4, 8), draw.whole(1, 3)],
      layers: [
        ...Array.from({ length: draw.whole(1, 4) }, (_, i) => randomLayer(draw, `layer${i}`)),
        draw.pick<Layer>([{ type: 'flatten' }, { type: 'globalAvgPool' }]),
        ...draw.pick<Layer[]>([[], [{ type: 'dropout', rate: 0.3 }]]),
        { type: 'dense', name: 'hidden', units: draw.whole(2, 5), ...randomActivation(draw) },
        ...draw.pick<Layer[]>([[], [{ type: 'dropout', rate: 0.5 }]]),
        { type: 'dense', name: 'head', units: draw.whole(2, 4), bias: draw.pick([true, false]) },
      ],
    };
    try {
      lower(spec);
      return spec;
    } catch (error) {
      if (!(error instanceof HandfulError)) throw error;
    }
  }
}

function randomActivation(draw: Draws): { activation?: Activation } {
  const activation = draw.pick([undefined, 'relu', 'relu', ...ACTIVATIONS] as const);
  return activation ? { activation } : {};
}

const ACTIVATIONS = ['sigmoid', 'tanh', 'leakyRelu', 'gelu', 'geluTanh', 'silu'] as const;

function randomPadding(draw: Draws, most: number): Padding {
  const side = () => draw.whole(0, most);
  return draw.pick([draw.whole(0, most), 'same', [side(), side(), side(), side()]]);
}

function randomPool(draw: Draws): Layer {
  const size = draw.pick<number | [number, number]>([2, 3, [draw.whole(1, 3), draw.whole(1, 3)]]);
  const stride = draw.pick<number | [number, number]>([1, 2, [draw.whole(1, 3), draw.whole(1, 2)]]);
  return { type: draw.pick(['maxPool', 'avgPool']), size, stride, padding: draw.pick([0, 1, randomPadding(draw, 2)]) };
}

function randomLayer(draw: Draws, name: string): Layer {
  const activation = randomActivation(draw);
  const conv = (name: string, stride: number): Layer => {
    return { type: 'conv2d', name, filters: 3, kernel: 3, stride, padding: 1, bias: false };
  };
  switch (draw.whole(0, 10)) {
    case 0:
      return { type: 'maxPool', size: draw.whole(2, 3), stride: draw.whole(1, 2) };
    case 1:
      return randomPool(draw);
    case 4:
      return { type: 'dropout', rate: draw.pick([0, 0.2, 0.5]) };
    case 5:
      return draw.pick<Layer>([
        { type: 'activation', activation: draw.pick(['relu', ...ACTIVATIONS]) },
        { type: 'activation', activation: 'leakyRelu', slope: draw.pick([0.2, -0.5, 1.5]) },
      ]);
    case 6:
    case 7:
      return {
        ...{ type: 'depthwiseConv2d', name, kernel: draw.whole(1, 4), multiplier: draw.pick([1, 1, 2, 3]) },
        ...{ stride: draw.whole(1, 2), padding: randomPadding(draw, 2), bias: draw.pick([true, false]), ...activation },
      };
    case 8: {
      const branch = (i: number): Layer[] => {
        const first: Layer = { ...conv(`${name}.${i}`, 1), ...randomActivation(draw) };
        const dropout: Layer = { type: 'dropout', rate: 0.4 };
        const norm: Layer = { type: 'batchNorm', name: `${name}.${i}.bn` };
        const inner: Layer = { type: 'add', branches: [[], [dropout]] };
        return draw.pick<Layer[]>([[first], [first, norm], [first, dropout], [], [dropout], [inner]]);
      };
      return { type: 'add', branches: Array.from({ length: draw.whole(2, 3) }, (_, i) => branch(i)), ...activation };
    }
    case 2:
      return { type: 'batchNorm', name, ...activation };
    case 3: {
      const stride = draw.whole(1, 2);
      const norm: Layer = { type: 'batchNorm', name: `${name}.bn`, ...randomActivation(draw) };
      const first: Layer = { ...conv(`${name}.a`, stride), ...randomActivation(draw) };
      const body = draw.pick<Layer[]>([[first, norm], [first], [norm], []]);
      // Without or with an empty one: if shapes happen to fit.
      const beside: Layer = { ...conv(`${name}.b`, stride), ...randomActivation(draw) };
      const shortcut = draw.pick([{}, { shortcut: [] }, { shortcut: [beside] }, { shortcut: [beside] }]);
      return { type: 'residual', body, ...shortcut, ...activation };
    }
    default:
      return {
        type: 'conv2d',
        name,
        filters: draw.whole(1, 4),
        kernel: draw.whole(1, 4),
        stride: draw.whole(1, 3),
        padding: randomPadding(draw, 2),
        bias: draw.pick([true, false]),
        ...activation,
      };
  }
}
