// Networks in which every layer, and every way in which PyTorch differs, occurs.

import type { Layer, Spec } from '../../src/types.js';

const head: Layer = { type: 'dense', name: 'head', units: 3 };

function conv(name: string, filters: number, more: object = {}): Layer {
  return { type: 'conv2d', name, filters, kernel: 3, padding: 1, ...more };
}

const everything: Layer[] = [
  conv('a', 4, { padding: [0, 1, 2, 1], stride: 2, activation: 'relu' }),
  { type: 'batchNorm', name: 'bn', epsilon: 1e-3, momentum: 0.01, activation: 'silu' },
  { type: 'depthwiseConv2d', name: 'b', kernel: 3, multiplier: 2, padding: 'same', bias: false, activation: 'gelu' },
  { type: 'depthwiseConv2d', name: 'c', kernel: 2, padding: [1, 0, 0, 0] },
  { type: 'activation', activation: 'leakyRelu', slope: 0.3 },
  {
    type: 'add',
    branches: [
      [conv('d', 8), { type: 'batchNorm', name: 'd.bn' }],
      [],
      [{ type: 'residual', body: [conv('e', 8)], shortcut: [conv('f', 8, { kernel: 1, padding: 0 })] }],
      [{ type: 'dropout', rate: 0.4 }],
    ],
    activation: 'tanh',
  },
  { type: 'residual', body: [] },
  { type: 'flatten' },
  { type: 'flatten' },
  { type: 'dropout', rate: 0 },
  { type: 'dense', name: 'hidden', units: 6, bias: false, activation: 'geluTanh' },
  { type: 'batchNorm', name: 'last', activation: 'sigmoid' },
  head,
];

const pools: Layer[] = [
  { type: 'maxPool', size: 2, stride: 1, padding: 1 },
  { type: 'maxPool', size: 3, stride: 1, padding: 2 }, // more than PyTorch's own padding
  { type: 'avgPool', size: [3, 2], stride: [1, 2], padding: [1, 1, 0, 0] },
  { type: 'maxPool', size: [1, 2], stride: 1, padding: [0, 0, 1, 0] },
  { type: 'avgPool', size: 3, stride: [2, 1], padding: [2, 1, 0, 2] },
  { type: 'avgPool', size: [2, 3], stride: 1, padding: 'same' },
  { type: 'avgPool', size: 2, stride: 1 },
  { type: 'globalAvgPool' },
  head,
];

/** Flattened images read by dense layers, by others, and by both. */
const flattened: Record<string, Layer[]> = {
  'a flatten and a dense layer': [{ type: 'flatten' }, head],
  'what keeps the order between them': [
    { type: 'flatten' },
    { type: 'activation', activation: 'leakyRelu', slope: -0.5 },
    { type: 'dropout', rate: 0.5 },
    head,
  ],
  'a flatten and a batch norm': [{ type: 'flatten' }, { type: 'batchNorm', name: 'bn' }, head],
  'a residual after a flatten': [
    { type: 'flatten' },
    { type: 'residual', body: [{ type: 'dense', name: 'a', units: 30 }], activation: 'relu' },
    head,
  ],
  'a dense layer and others that read a flatten': [
    { type: 'flatten' },
    { type: 'add', branches: [[{ type: 'dense', name: 'a', units: 30 }], []] },
    head,
  ],
  'a flatten in a shortcut': [
    { type: 'residual', body: [{ type: 'flatten' }], shortcut: [{ type: 'flatten' }], activation: 'tanh' },
    head,
  ],
  'a pool of the whole image': [{ type: 'avgPool', size: [5, 3] }, { type: 'flatten' }, head],
};

/** Names that are no attributes, nested in each other, out of order, and of layers within layers. */
const names: Layer[] = [
  conv('0', 2),
  conv('features.0', 2),
  conv('features.3', 2, { stride: 2 }),
  { type: 'batchNorm', name: 'inner.bn' },
  conv('inner', 2),
  conv('inner.0', 2),
  conv('odd.class', 2),
  conv('odd.is-not', 2),
  conv('odd.fine.__private', 2),
  conv('list.1', 2),
  conv('list.0', 2),
  conv('blocks.0.conv', 2),
  conv('blocks.1.1', 2),
  conv('blocks.1.a', 2),
  conv('a_name.that_leaves_a_line.no_room_for.its_arguments', 2, { bias: false }),
  conv('x', 2, { activation: 'relu' }),
  { type: 'globalAvgPool' },
  head,
];

export const torchSpecs: Spec[] = [
  { name: 'everything', input: [7, 6, 3], layers: everything },
  { name: 'pools', input: [9, 8, 2], layers: pools },
  { name: 'names', input: [6, 5, 1], layers: names },
  ...Object.entries(flattened).map(([name, layers]) => ({ name, input: [5, 3, 2], layers })),
];
