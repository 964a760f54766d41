import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segment } from '../../src/backends/operations.js';
import type { Operation } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, resnet } from '../../src/models/zoo.js';
import type { Layer, Padding, Spec } from '../../src/types.js';

const specOf = (...layers: Layer[]): Spec => ({
  name: 'test',
  input: [8, 8, 2],
  layers: [...layers, { type: 'flatten' }, { type: 'dense', name: 'head', units: 3 }],
});
const kinds = (operations: readonly Operation[]) => operations.map(({ kind }) => kind);
const one = <K extends Operation['kind']>(spec: Spec, kind: K) =>
  lower(spec).operations.find((each): each is Operation & { kind: K } => each.kind === kind);

test('each layer is one operation, and its activation another', () => {
  const { operations, boundaries } = lower(lenet5());
  assert.deepEqual(kinds(operations), [
    ...['conv2d', 'activation', 'maxPool', 'conv2d', 'activation', 'maxPool', 'flatten'],
    ...['dense', 'activation', 'dense', 'activation', 'dense'],
  ]);
  assert.deepEqual(
    boundaries.map(({ shape }) => [...shape]),
    [[28, 28, 1], [28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [400], [120], [84], [10]],
  );
});

test('what a spec leaves out is resolved', () => {
  const conv = one(specOf({ type: 'conv2d', name: 'conv', filters: 4, kernel: 3 }), 'conv2d');
  assert.deepEqual([conv?.stride, conv?.padding], [1, [0, 0, 0, 0]]);
  assert.deepEqual([conv?.weight, conv?.bias], ['conv.weight', 'conv.bias']);
  const bare = one(specOf({ type: 'conv2d', name: 'conv', filters: 4, kernel: 3, bias: false }), 'conv2d');
  assert.equal(bare?.bias, undefined);
  const norm = one(specOf({ type: 'batchNorm', name: 'bn' }), 'batchNorm');
  assert.deepEqual([norm?.epsilon, norm?.momentum, norm?.runningVariance], [1e-5, 0.1, 'bn.running_var']);
  const pool = one(specOf({ type: 'maxPool', size: 3 }), 'maxPool');
  assert.deepEqual(
    [pool?.window, pool?.stride, pool?.y.shape],
    [
      [3, 3],
      [3, 3],
      [2, 2, 2],
    ],
  );
});

test('a global average is a window of the whole image', () => {
  const { operations } = lower(specOf({ type: 'globalAvgPool' }));
  assert.deepEqual(kinds(operations).slice(0, 2), ['avgPool', 'flatten']);
  assert.deepEqual(one(specOf({ type: 'globalAvgPool' }), 'avgPool')?.window, [8, 8]);
});

test('a residual is its branches and a sum', () => {
  const conv = (name: string): Layer => ({ type: 'conv2d', name, filters: 2, kernel: 3, padding: 1 });
  const withShortcut = lower(
    specOf({ type: 'residual', body: [conv('a')], shortcut: [conv('b')], activation: 'tanh' }),
  );
  const [a, b, sum, tanh] = withShortcut.operations;
  assert.deepEqual(kinds(withShortcut.operations).slice(0, 4), ['conv2d', 'conv2d', 'add', 'activation']);
  assert.ok(sum?.kind === 'add' && sum.x === a?.y && sum.addend === b?.y && a?.x === b?.x && tanh?.x === sum.y);

  const plain = lower(specOf({ type: 'residual', body: [conv('a')] }));
  const [only, sumOfInput] = plain.operations;
  assert.ok(sumOfInput?.kind === 'add' && sumOfInput.addend === only?.x && only?.x === plain.boundaries[0]);
});

test('segments cut between top-level layers, and each reads what the one before yields', () => {
  const network = lower(resnet());
  for (let layer = 0; layer < network.boundaries.length; layer++) {
    const [before, after] = [segment(network, 0, layer), segment(network, layer)];
    assert.equal(before.operations.length + after.operations.length, network.operations.length);
    assert.equal(before.output, after.input);
    if (layer > 0) assert.equal(before.operations.at(-1)?.y, before.output);
  }
  assert.throws(() => segment(network, 0, network.boundaries.length), RangeError);
});

test('a dense layer right after a flatten knows the image, for PyTorch flattens channels first', () => {
  const parameter = (spec: Spec) => lower(spec).parameters.find(({ name }) => name === 'head.weight');
  assert.deepEqual(parameter(specOf())?.flattened, [8, 8, 2]);
  assert.equal(parameter({ ...specOf(), layers: specOf({ type: 'globalAvgPool' }).layers })?.flattened, undefined);
});

test('a dense layer knows the image behind dropout, activations and in branches too', () => {
  const flattened = (...between: Layer[]) => {
    const dense: Layer = { type: 'dense', name: 'head', units: 3 };
    const { parameters } = lower({ ...specOf(), layers: [{ type: 'flatten' }, ...between, dense] });
    return parameters.map((each) => String(each.flattened));
  };
  const relu: Layer = { type: 'activation', activation: 'relu' };
  assert.deepEqual(flattened({ type: 'dropout', rate: 0.5 }, relu), ['8,8,2', 'undefined']);
  const branch: Layer[] = [
    { type: 'dropout', rate: 0 },
    { type: 'dense', name: 'a', units: 4 },
  ];
  const other: Layer[] = [{ type: 'dense', name: 'b', units: 4 }];
  const [a, , b, , head] = flattened({ type: 'add', branches: [branch, other] });
  assert.deepEqual([a, b, head], ['8,8,2', '8,8,2', 'undefined']);
});

test('padding: of all sides, of each, or as TensorFlow has it by name', () => {
  const conv = (padding: Padding, kernel = 3, stride = 2) =>
    one(specOf({ type: 'conv2d', name: 'conv', filters: 4, kernel, stride, padding }), 'conv2d');
  assert.deepEqual(
    [conv('same')?.padding, conv('same')?.y.shape],
    [
      [0, 1, 0, 1],
      [4, 4, 4],
    ],
  );
  assert.deepEqual(conv('same', 4, 1)?.padding, [1, 2, 1, 2]);
  assert.deepEqual(conv(1)?.padding, [1, 1, 1, 1]);
  assert.deepEqual(
    [conv([0, 2, 1, 0])?.padding, conv([0, 2, 1, 0])?.y.shape],
    [
      [0, 2, 1, 0],
      [4, 4, 4],
    ],
  );
  const pool = one(specOf({ type: 'maxPool', size: [3, 2], stride: [2, 1], padding: [1, 1, 0, 1] }), 'maxPool');
  assert.deepEqual(
    [pool?.window, pool?.stride, pool?.y.shape],
    [
      [3, 2],
      [2, 1],
      [4, 8, 2],
    ],
  );
});

test('new layers that make no sense are refused with a reason', () => {
  const refused: [unknown, RegExp][] = [
    [{ type: 'dropout', rate: 1 }, /rate lies from 0 to below 1; got 1/],
    [{ type: 'activation' }, /has no activation/],
    [{ type: 'activation', activation: 'swish' }, /known: relu/],
    [{ type: 'activation', activation: 'gelu', slope: 1 }, /slope is a number, and for 'leakyRelu'/],
    [{ type: 'add', branches: [[]] }, /two or more/],
    [{ type: 'add', branches: [[], [{ type: 'flatten' }]] }, /have to agree/],
    [{ type: 'maxPool', size: 2, padding: 2 }, /less than its size, 2; got 2/],
    [{ type: 'maxPool', size: [2] }, /height, width/],
    [{ type: 'conv2d', name: 'c', filters: 1, kernel: 3, padding: [1, 1] }, /\[top, bottom, left, right\]/],
    [{ type: 'depthwiseConv2d', name: 'c', kernel: 3, multiplier: 0 }, /multiplier/],
  ];
  for (const [layer, message] of refused)
    assert.throws(() => lower(specOf(layer as Layer)), { name: 'HandfulError', code: 'bad-argument', message });
});
