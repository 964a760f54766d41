import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segment } from '../../src/backends/operations.js';
import type { Operation } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, resnet } from '../../src/models/zoo.js';
import type { Layer, Spec } from '../../src/types.js';

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
