import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuse, fuseLoss } from '../../src/backends/fusion.js';
import type { FusedOperation } from '../../src/backends/fusion.js';
import { lossOperations } from '../../src/backends/losses.js';
import { segment } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, mlp, resnet } from '../../src/models/zoo.js';
import type { Activation, Layer } from '../../src/types.js';

/** Short names: relu, pool and addend are told where they are part of an operation. */
function names(operations: readonly FusedOperation[]): string {
  const name = (operation: FusedOperation) => [
    operation.kind === 'activation' ? operation.activation : operation.kind,
    ...('addend' in operation && operation.addend && operation.kind !== 'add' ? ['add'] : []),
    ...('relu' in operation && operation.relu ? ['relu'] : []),
  ];
  return operations.map((operation) => name(operation).join('+')).join(' ');
}

const conv = (name: string, activation?: Activation): Layer => ({
  ...{ type: 'conv2d', name, filters: 2, kernel: 3, padding: 1 },
  ...(activation && { activation }),
});
const norm = (name: string, activation?: Activation): Layer => ({
  ...{ type: 'batchNorm', name },
  ...(activation && { activation }),
});
const pool: Layer = { type: 'maxPool', size: 2 };

/** Fused operations of layers, without the flatten and the head that follow. */
function fused(...layers: Layer[]): FusedOperation[] {
  const tail: Layer[] = [{ type: 'flatten' }, { type: 'dense', name: 'head', units: 3 }];
  return fuse(segment(lower({ name: 'test', input: [8, 8, 2], layers: [...layers, ...tail] }), 0, layers.length));
}

test('LeNet-5: convolutions take ReLU and pool, dense layers ReLU', () => {
  assert.equal(
    names(fuse(segment(lower(lenet5()), 0))),
    'conv2dMaxPool+relu conv2dMaxPool+relu flatten dense+relu dense+relu dense',
  );
});

test('ResNet: batch norms take ReLU, and a residual’s sum', () => {
  const block = 'conv2d batchNorm+relu conv2d batchNorm+add+relu';
  const wider = 'conv2d batchNorm+relu conv2d conv2d batchNorm batchNorm+add+relu';
  assert.equal(
    names(fuse(segment(lower(resnet([1, 1], { input: [8, 8, 3] })), 0))),
    `conv2d batchNorm+relu ${block} ${wider} avgPool flatten dense`,
  );
});

test('the sum stays after the branch that it adds', () => {
  const operations = fused({
    type: 'residual',
    body: [conv('a'), norm('n')],
    shortcut: [conv('b')],
    activation: 'relu',
  });
  assert.equal(names(operations), 'conv2d conv2d batchNorm+add+relu');
  const last = operations.at(-1);
  assert.ok(last?.kind === 'batchNorm' && last.addend === operations[1]?.y);
});

test('pools that overlap, or read what others read too, stay alone', () => {
  assert.equal(names(fused(conv('a'), { type: 'maxPool', size: 3, stride: 2 })), 'conv2d maxPool');
  assert.equal(names(fused(conv('a'), { type: 'avgPool', size: 2 })), 'conv2d avgPool');
  const both: Layer = { type: 'residual', body: [pool], shortcut: [pool] };
  assert.equal(names(fused(conv('a', 'relu'), both)), 'conv2d+relu maxPool maxPool add');
});

test('sigmoid and tanh never fall, so they are taken of the maxima', () => {
  const [both, tanh] = fused(conv('a', 'tanh'), pool);
  assert.ok(both?.kind === 'conv2dMaxPool' && !both.relu && both.pool === 2);
  assert.deepEqual(
    [both.convolved, both.y.shape, tanh?.y.shape],
    [
      [8, 8, 2],
      [4, 4, 2],
      [4, 4, 2],
    ],
  );
  assert.ok(tanh?.kind === 'activation' && tanh.x === both.y);
});

test('batch norms that were activated, or added to already, take no sum', () => {
  assert.equal(names(fused({ type: 'residual', body: [norm('n', 'relu')] })), 'batchNorm+relu add');
  assert.equal(names(fused({ type: 'residual', body: [norm('n', 'tanh')] })), 'batchNorm tanh add');
  assert.equal(names(fused({ type: 'residual', body: [norm('n')] })), 'batchNorm+add');
  const nested: Layer = { type: 'residual', body: [{ type: 'residual', body: [norm('n')] }] };
  assert.equal(names(fused(nested)), 'batchNorm+add add');
  assert.equal(names(fused(norm('n'), { type: 'residual', body: [] })), 'batchNorm add');
  assert.equal(names(fused({ type: 'residual', body: [norm('n')], activation: 'sigmoid' })), 'batchNorm+add sigmoid');
});

test('what is fused yields what the last of its parts yielded', () => {
  for (const spec of [lenet5(), resnet(), mlp([5, 4, 3])]) {
    const part = segment(lower(spec), 0);
    const operations = fuse(part);
    const known = new Set([part.input]);
    for (const operation of operations) {
      assert.ok(known.has(operation.x), operation.name);
      known.add(operation.y);
    }
    assert.equal(operations.at(-1)?.y, part.output);
  }
});

test('softmax and cross-entropy are one, squared error is by itself', () => {
  const x = { shape: [10] };
  assert.deepEqual(fuseLoss(lossOperations('crossEntropy', x)), { kind: 'softmaxCrossEntropy', x });
  assert.deepEqual(fuseLoss(lossOperations('squaredError', x)), { kind: 'squaredError', x });
  assert.throws(() => fuseLoss(lossOperations('crossEntropy', x).slice(1)), /no loss of crossEntropy/);
});

test('activations by themselves: ReLU joins what it can, and only what never falls moves behind a pool', () => {
  const activation = (activation: Activation): Layer => ({ type: 'activation', activation });
  assert.equal(names(fused(conv('a'), activation('relu'), pool)), 'conv2dMaxPool+relu');
  assert.equal(names(fused(activation('relu'), conv('a'))), 'relu conv2d');
  assert.equal(names(fused({ ...pool, type: 'avgPool' }, activation('relu'))), 'avgPool relu');
  assert.equal(names(fused(conv('a', 'leakyRelu'), pool)), 'conv2dMaxPool leakyRelu');
  assert.equal(names(fused(conv('a', 'gelu'), pool)), 'conv2d gelu maxPool');
  const falling: Layer = { type: 'activation', activation: 'leakyRelu', slope: -1 };
  assert.equal(names(fused(conv('a'), falling, pool)), 'conv2d leakyRelu maxPool');
  assert.equal(names(fused(conv('a'), { type: 'maxPool', size: 2, padding: 1 })), 'conv2d maxPool');
  const depthwise: Layer = { type: 'depthwiseConv2d', name: 'd', kernel: 3, activation: 'relu' };
  assert.equal(names(fused(depthwise)), 'depthwiseConv2d+relu');
});
