import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WeightArray, Weights } from '../../src/models/model.js';
import type { Dtype, RawTensor } from '../../src/models/files/safetensors.js';
import { lower, type Architecture } from '../../src/models/lowering/lower.js';
import { fromStateDict, toStateDict } from '../../src/models/files/state-dict.js';
import { lenet5, mlp, resnet } from '../../src/models/zoo.js';
import type { Layer } from '../../src/types.js';
import { nth } from '../support/lists.js';

const raw = (shape: number[], values: ArrayBufferView, dtype: Dtype = 'F32'): RawTensor => ({
  dtype,
  shape,
  bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

const f32 = (shape: number[], values: Iterable<number>): RawTensor => raw(shape, Float32Array.from(values));

const counting = (shape: number[], from = 0): RawTensor => {
  const length = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length }, (_, i) => from + i);
  return raw(shape, values);
};

/** A state_dict with another number in every place. */
function example({ parameters }: Architecture): Map<string, RawTensor> {
  let from = 0;
  const weights: Weights = new Map(
    parameters.map(({ name, shape }): [string, WeightArray] => {
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => from++);
      return [name, { shape, data }];
    }),
  );
  return toStateDict(weights, { parameters } as Architecture, 'F32');
}

const renamed = (tensors: Map<string, RawTensor>, rename: (name: string) => string): Map<string, RawTensor> =>
  new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));

const dense = (name: string, units: number): Layer => ({ type: 'dense', name, units });

const refused = (message: RegExp) => ({ name: 'HandfulError', code: 'bad-model', message });

test('convolutions, dense layers and vectors change their layout', () => {
  const layers: Layer[] = [
    { type: 'conv2d', name: 'conv', filters: 2, kernel: 2, bias: false },
    { type: 'batchNorm', name: 'bn' },
    { type: 'flatten' },
    dense('hidden', 2),
    dense('head', 2),
  ];
  const architecture = lower({ name: 'tiny', input: [2, 3, 2], layers }); // the convolution yields [1, 2, 2]
  const tensors = new Map([
    ['conv.weight', counting([2, 2, 2, 2])],
    ['bn.weight', f32([2], [1, 2])],
    ['bn.bias', f32([2], [3, 4])],
    ['bn.running_mean', f32([2], [5, 6])],
    ['bn.running_var', f32([2], [7, 8])],
    ['bn.num_batches_tracked', raw([], BigInt64Array.of(9n), 'I64')],
    ['hidden.weight', counting([2, 4])],
    ['hidden.bias', f32([2], [0, 1])],
    ['head.weight', counting([2, 2])],
    ['head.bias', f32([2], [2, 3])],
  ]);
  const weights = fromStateDict(tensors, architecture);
  const data = (name: string) => [...weights.get(name)!.data];

  // On disk, conv.weight[o][i][h][w] = 8o + 4i + 2h + w; in memory it lies at [h][w][i][o].
  assert.deepEqual(data('conv.weight'), [0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15]);
  // On disk, hidden.weight[o][column] = 4o + column, and PyTorch flattens [C, H, W] = [2, 1, 2]: the columns are
  // (c0, w0), (c0, w1), (c1, w0), (c1, w1). handful's rows are (w0, c0), (w0, c1), (w1, c0), (w1, c1).
  assert.deepEqual(data('hidden.weight'), [0, 4, 2, 6, 1, 5, 3, 7]);
  // No flatten before it: only transposed.
  assert.deepEqual(data('head.weight'), [0, 2, 1, 3]);
  assert.deepEqual(data('bn.running_var'), [7, 8]);
  const names = architecture.parameters.map(({ name }) => name);
  assert.deepEqual([...weights.keys()], names);

  tensors.delete('bn.num_batches_tracked');
  assert.deepEqual(toStateDict(weights, architecture, 'F32'), tensors);
});

test('F16, BF16 and F64 are read as well, at any alignment', () => {
  const architecture = lower({ name: 'tiny', input: [2], layers: [dense('fc', 2)] });
  const unaligned = new Uint8Array(9);
  unaligned.set(new Uint8Array(Float32Array.of(1, 2).buffer), 1);
  const tensors = new Map([
    ['fc.weight', raw([2, 2], Uint16Array.of(0x3c00, 0xc000, 0x3555, 1), 'F16')],
    ['fc.bias', { dtype: 'F32', shape: [2], bytes: unaligned.subarray(1) } satisfies RawTensor],
  ]);
  const weights = fromStateDict(tensors, architecture);
  assert.deepEqual([...weights.get('fc.weight')!.data], [1, 0.333251953125, -2, 2 ** -24]);
  assert.deepEqual([...weights.get('fc.bias')!.data], [1, 2]);

  tensors.set('fc.weight', raw([2, 2], Uint16Array.of(0x3f80, 0x4000, 0x4040, 0x4080), 'BF16'));
  assert.deepEqual([...fromStateDict(tensors, architecture).get('fc.weight')!.data], [1, 3, 2, 4]);
  tensors.set('fc.weight', raw([2, 2], Float64Array.of(0.1, 2, 3, 4), 'F64'));
  assert.deepEqual([...fromStateDict(tensors, architecture).get('fc.weight')!.data], [Math.fround(0.1), 3, 2, 4]);
  tensors.set('fc.weight', raw([2, 2], Int32Array.of(1, 2, 3, 4), 'I32'));
  assert.throws(
    () => fromStateDict(tensors, architecture),
    refused(/'fc.weight' .* are I32; expected F32, F16, BF16 or F64/),
  );
});

test('a prefix that all names share is taken off, whatever it is', () => {
  const architecture = lower(resnet([1, 1], { input: [8, 8, 1] }));
  const tensors = example(architecture);
  const expected = fromStateDict(tensors, architecture);
  for (const prefix of ['module.', '_orig_mod.', 'network.', '0.', 'my-net.', 'model.module.encoder.backbone.']) {
    const wrapped = renamed(tensors, (name) => prefix + name);
    assert.deepEqual(fromStateDict(wrapped, architecture), expected);
  }
  const mixed = renamed(tensors, (name) => (name === 'fc.bias' ? name : `module.${name}`));
  assert.throws(() => fromStateDict(mixed, architecture), refused(/do not fit/));
  const wrong = renamed(tensors, (name) => `lenet.${name === 'fc.bias' ? 'fc.b' : name}`);
  assert.throws(() => fromStateDict(wrong, architecture), refused(/Expected: "fc.bias" .* Came: "fc.b" /));
});

test('what all names share may be the name of the only layer', () => {
  for (const name of ['0', 'model', 'net.fc']) {
    const architecture = lower({ name: 'one', input: [3], layers: [dense(name, 2)] });
    const tensors = example(architecture);
    const expected = fromStateDict(tensors, architecture);
    assert.deepEqual([...expected.keys()], [`${name}.weight`, `${name}.bias`]);
    for (const rename of [(own: string) => `module.${own}`, (own: string) => own.replace(`${name}.`, '')])
      assert.deepEqual(fromStateDict(renamed(tensors, rename), architecture), expected);
  }
});

test('names nested without end are no work without end', () => {
  const architecture = lower(mlp([2, 2]));
  const deep = renamed(example(architecture), (name) => 'a.'.repeat(100_000) + name);
  assert.deepEqual(fromStateDict(deep, architecture), fromStateDict(example(architecture), architecture)); // by order
  assert.throws(() => fromStateDict(deep, lower(mlp([2, 3]))), refused(/do not fit/));
});

test('modules in natural order stand for those of the network', () => {
  const architecture = lower(mlp([6, ...Array<number>(10).fill(4), 3]));
  const tensors = example(architecture);
  const sequential = renamed(tensors, (name) =>
    name.replace(/linears\.(\d+)/, (_, index) => String(2 * Number(index))),
  );
  assert.deepEqual(fromStateDict(new Map([...sequential].sort()), architecture), fromStateDict(tensors, architecture));

  const lenet = lower(lenet5());
  const names: Record<string, string> = {
    conv1: 'features.0',
    conv2: 'features.3',
    fc1: 'head.1',
    fc2: 'head.3',
    fc3: 'out',
  };
  const other = renamed(example(lenet), (name) => name.replace(/^\w+/, (prefix) => names[prefix] ?? ''));
  assert.deepEqual(fromStateDict(other, lenet), fromStateDict(example(lenet), lenet));
});

test('names that leave the order open are refused, not guessed', () => {
  const architecture = lower(mlp([4, 4, 4]));
  const words = ['decoder', 'encoder'];
  const tensors = renamed(example(architecture), (name) =>
    name.replace(/linears\.(\d)/, (_, index) => nth(words, Number(index))),
  );
  assert.throws(() => fromStateDict(tensors, architecture), refused(/Came: "decoder.weight" \[4,4\]/));
});

test('what is missing, left over or of another shape is named', () => {
  const architecture = lower(lenet5());
  const change = (edit: (tensors: Map<string, RawTensor>) => void) => () => {
    const tensors = example(architecture);
    edit(tensors);
    return fromStateDict(tensors, architecture);
  };
  const wider = change((tensors) => tensors.set('fc3.weight', counting([26, 84])).set('fc3.bias', counting([26])));
  assert.throws(wider, refused(/network "lenet5".*Expected: "fc3.weight" \[10,84\], "fc3.bias" \[10\]. Came: "fc3/));
  assert.throws(wider, refused(/Came: "fc3.weight" \[26,84\], "fc3.bias" \[26\]/));
  const without = change((tensors) => tensors.delete('conv1.bias'));
  assert.throws(without, refused(/Expected: "conv1.bias" \[6\]. Came: nothing/));
  assert.throws(
    change((tensors) => tensors.set('x', counting([1]))),
    refused(/Expected: nothing. Came: "x" \[1\]/),
  );
  assert.throws(() => fromStateDict(new Map(), architecture), refused(/and 4 more. Came: nothing/));
  const transposed = change((tensors) => tensors.set('fc2.weight', counting([120, 84])));
  assert.throws(transposed, refused(/Expected: "fc2.weight" \[84,120\]. Came: "fc2.weight" \[120,84\]/));
});

test('weights that cannot work are neither read nor written', () => {
  const architecture = lower({ name: 'x', input: [1], layers: [{ type: 'batchNorm', name: 'bn' }, dense('fc', 1)] });
  const set = (name: string, value: number) => example(architecture).set(name, raw([1], Float64Array.of(value), 'F64'));
  for (const value of [NaN, Infinity, 1e39])
    assert.throws(() => fromStateDict(set('fc.bias', value), architecture), refused(/'fc.bias' .* NaN or infinity/));
  assert.throws(() => fromStateDict(set('bn.running_var', -1), architecture), refused(/negative variance/));

  const weights = fromStateDict(example(architecture), architecture);
  const write = (name: string, array: WeightArray, dtype: 'F32' | 'F16') => () =>
    toStateDict(new Map(weights).set(name, array), architecture, dtype);
  const unfit = (message: RegExp) => ({ name: 'HandfulError', code: 'bad-argument', message });
  assert.throws(write('fc.bias', { shape: [1], data: Float32Array.of(NaN) }, 'F32'), unfit(/NaN or infinity/));
  assert.throws(write('fc.bias', { shape: [1], data: Float32Array.of(65520) }, 'F16'), unfit(/as F16, .* infinity/));
  assert.throws(
    write('fc.bias', { shape: [2], data: Float32Array.of(1, 2) }, 'F32'),
    unfit(/are \[2\]; expected \[1\]/),
  );
  assert.doesNotThrow(write('fc.bias', { shape: [1], data: Float32Array.of(65519) }, 'F16'));
});
