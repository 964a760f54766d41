import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { HandfulError } from '../../src/errors.js';
import { decodeModel, defaultPreprocess, encodeModel } from '../../src/models/files/model-file.js';
import type { Model, WeightArray } from '../../src/models/model.js';
import { parseSafetensors, writeSafetensors, type RawTensor } from '../../src/models/files/safetensors.js';
import { lower } from '../../src/models/lowering/lower.js';
import { toStateDict } from '../../src/models/files/state-dict.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { Preprocessing, Spec } from '../../src/types.js';
import fixture from '../fixtures/lenet5.json';
import { at } from '../support/lists.js';

/** Any numbers, all different. */
function example(spec: Spec, labels?: string[]): Model {
  let seed = 0;
  const { parameters, classes } = lower(spec);
  return {
    spec,
    labels: labels ?? Array.from({ length: classes }, (_, i) => String(i)),
    preprocess: defaultPreprocess(spec.input),
    weights: new Map(
      parameters.map(({ name, shape }): [string, WeightArray] => {
        const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.sin(seed++) ** 2 / 3);
        return [name, { shape, data }];
      }),
    ),
  };
}

const tiny = example(mlp([3, 2]), ['no', 'yes']);

/** The model as a PyTorch user would save it: no metadata, names at will. */
function stateDict({ spec, weights }: Model, rename = (name: string) => name): Uint8Array {
  const tensors = toStateDict(weights, lower(spec), 'F32');
  return writeSafetensors(new Map([...tensors].map(([name, tensor]): [string, RawTensor] => [rename(name), tensor])));
}

function withMetadata(model: Model, change: Record<string, string | undefined>): Uint8Array {
  const { tensors, metadata } = parseSafetensors(encodeModel(model));
  const isThere = (pair: [string, string | undefined]): pair is [string, string] => pair[1] !== undefined;
  const changed = Object.entries<string | undefined>({ ...metadata, ...change }).filter(isThere);
  return writeSafetensors(tensors, Object.fromEntries(changed));
}

const badModel = (message: RegExp) => ({ name: 'HandfulError', code: 'bad-model', message });
const badArgument = (message: RegExp) => ({ name: 'HandfulError', code: 'bad-argument', message });

test('a model survives its file: exactly as F32, within rounding as F16', () => {
  for (const spec of [mlp([784, 32, 10]), lenet5(), miniVgg({ input: [32, 32, 3], classes: 4 }), resnet()]) {
    const model = example(spec);
    assert.deepEqual(decodeModel(encodeModel(model)), model);
    const half = decodeModel(encodeModel(model, { dtype: 'F16' }));
    assert.deepEqual({ ...half, weights: null }, { ...model, weights: null });
    for (const [name, { data }] of model.weights) {
      const rounded = half.weights.get(name)!.data;
      data.forEach((value, i) => assert.ok(Math.abs(at(rounded, i) - value) <= value * 2 ** -11 + 2 ** -25));
    }
  }
});

test('a file is a PyTorch state_dict with metadata', () => {
  const { tensors, metadata } = parseSafetensors(encodeModel(example(lenet5())));
  assert.deepEqual(Object.keys(metadata), ['format', 'version', 'spec', 'labels', 'preprocess']);
  assert.deepEqual(tensors.get('conv2.weight')!.shape, [16, 6, 5, 5]);
  assert.deepEqual(tensors.get('fc1.weight')!.shape, [120, 400]);
});

test('a model that is wrong in itself is not written', () => {
  assert.throws(() => encodeModel({ ...tiny, labels: ['a'] }), badArgument(/1 labels; the network has 2 classes/));
  assert.throws(() => encodeModel({ ...tiny, weights: new Map() }), badArgument(/'linears.0.weight' are undefined/));
  assert.throws(() => encodeModel(tiny, { dtype: 'F64' as 'F32' }), badArgument(/dtype is 'F32' or 'F16'; got "F64"/));
});

test("a state_dict of one of the zoo's networks needs no spec", () => {
  const specs = [
    ...[lenet5, miniVgg, (options: object) => resnet([2, 2, 2], options)].flatMap((network) => [
      network({ classes: 3 }),
      network({ input: [32, 32, 3], classes: 12 }),
    ]),
    resnet9({ classes: 2 }),
    mlp([784, 50, 10]),
    mlp([5, 4]),
  ];
  for (const spec of specs) {
    const model = example(spec);
    const assumed = { ...model, preprocessAssumed: true }; // a bare state_dict does not say
    assert.deepEqual(decodeModel(stateDict(model)), assumed);
    for (const prefix of ['module.', 'network.', 'lit.lenet.'])
      assert.deepEqual(decodeModel(stateDict(model, (name) => prefix + name)), assumed);
  }
  const sequential = stateDict(example(mlp([784, 50, 20, 10])), (name) => name.replace('linears', 'net'));
  assert.deepEqual(decodeModel(sequential).spec, mlp([784, 50, 20, 10]));
});

test('a state_dict of an unknown network needs its spec', () => {
  const model = example(resnet([1, 1], { input: [16, 16, 2], classes: 5 }));
  assert.throws(() => decodeModel(stateDict(model)), badModel(/"conv.weight" \[16,2,3,3\].* more\. Pass its `spec`/));
  const read = decodeModel(stateDict(model), { spec: model.spec });
  assert.deepEqual(read, { ...model, preprocessAssumed: true });
  assert.deepEqual(read.preprocess, { kind: 'none', mean: [0, 0], std: [1, 1] });
  assert.throws(() => decodeModel(stateDict(model), { spec: lenet5() }), badModel(/do not fit the network "lenet5"/));
  assert.throws(() => decodeModel(stateDict(model), { spec: {} as Spec }), badArgument(/spec.name is a string/));
  assert.throws(() => decodeModel(writeSafetensors(new Map())), badModel(/nothing\. Pass its `spec`/));
});

test('what is given overrides what the file says', () => {
  const bytes = encodeModel(tiny);
  const read = decodeModel(bytes, {
    labels: ['a', 7],
    preprocess: { std: [2] },
    spec: { ...tiny.spec, name: 'other' },
  });
  assert.deepEqual(read.labels, ['a', '7']);
  assert.deepEqual(read.preprocess, { kind: 'none', mean: [0], std: [2] });
  assert.equal(read.spec.name, 'other');
  const colour = decodeModel(stateDict(example(lenet5({ input: [32, 32, 3] }))), { preprocess: { mean: [0.5] } });
  assert.deepEqual(colour.preprocess, { kind: 'photo', mean: [0.5, 0.5, 0.5], std: [0.247, 0.2435, 0.2616] });

  const given = (parts: object) => () => decodeModel(bytes, parts);
  assert.throws(given({ labels: ['a'] }), badArgument(/1 labels; the network has 2 classes/));
  assert.throws(given({ labels: ['a', 'a'] }), badArgument(/unique; these came twice: "a"/));
  assert.throws(given({ labels: ['a', null] }), badArgument(/a string; got null/));
  assert.throws(given({ labels: 'ab' }), badArgument(/list of names; got "ab"/));
  assert.throws(given({ preprocess: { kind: 'ink' } }), badArgument(/\[28, 28, 1\] or \[784\]; got \[3\]/));
  assert.throws(given({ preprocess: { kind: 'photo' } }), badArgument(/square input/));
  assert.throws(given({ preprocess: { kind: 'audio' } }), badArgument(/ink, photo, none; got "audio"/));
  assert.throws(given({ preprocess: { mean: [1, 2] } }), badArgument(/each of 3 features; got \[1,2\]/));
  assert.throws(given({ preprocess: { mean: [NaN] } }), badArgument(/mean has a finite number/));
  assert.throws(given({ preprocess: { std: [0] } }), badArgument(/greater than 0; got \[0\]/));
});

test('metadata that makes no sense is refused, that of others is ignored', () => {
  const deep = '['.repeat(1e5) + ']'.repeat(1e5);
  const huge: Spec = { name: 'huge', input: [1], layers: [{ type: 'dense', name: 'fc', units: 2 ** 24 }] };
  const refused: [Record<string, string | undefined>, RegExp][] = [
    [{ version: '2' }, /version "2"; this handful reads version 1/],
    [{ version: undefined }, /version undefined/],
    [{ spec: '{' }, /spec is "{"; expected JSON/],
    [{ spec: 'null' }, /spec makes no sense: A spec is an object; got null/],
    [{ spec: '{"name":"x","input":[3],"layers":[{"type":"lstm"}]}' }, /spec makes no sense: The last layer/],
    [{ spec: `{"name":${deep}}` }, /nested/],
    [{ spec: `{"name":"x","input":[3],"layers":${deep}}` }, /nested/],
    [{ spec: JSON.stringify(mlp([3, 4])) }, /do not fit the network "mlp"/],
    [{ spec: JSON.stringify(huge), labels: undefined }, /do not fit the network "huge"/],
    [{ labels: '["a"]' }, /1 labels; the network has 2 classes/],
    [{ labels: '["a","a"]' }, /unique/],
    [{ labels: 'null' }, /list of names; got null/],
    [{ preprocess: '[]' }, /preprocess.kind/],
    [{ preprocess: '7' }, /Preprocessing is an object; got 7/],
    [{ preprocess: '{"kind":"none","mean":[0],"std":[-1]}' }, /greater than 0/],
    [{ preprocess: '{"kind":"none","mean":[1e999],"std":[1]}' }, /mean has a finite number/],
  ];
  for (const [change, message] of refused)
    assert.throws(
      () => decodeModel(withMetadata(tiny, change)),
      badModel(message),
      JSON.stringify(change).slice(0, 99),
    );

  const named = decodeModel(withMetadata(tiny, { spec: undefined, labels: undefined, preprocess: undefined }));
  assert.deepEqual(named, { ...tiny, labels: ['0', '1'], preprocessAssumed: true });
  assert.deepEqual(decodeModel(withMetadata(tiny, { format: 'pt', spec: '{', labels: '' })).labels, ['0', '1']);
});

test('preprocessing follows from the shape of the input', () => {
  const ink: Preprocessing = { kind: 'ink', mean: [0.1307], std: [0.3081] };
  assert.deepEqual(defaultPreprocess([28, 28, 1]), ink);
  assert.deepEqual(defaultPreprocess([784]), ink);
  assert.equal(defaultPreprocess([64, 64, 3]).kind, 'photo');
  assert.deepEqual(defaultPreprocess([64, 32, 3]), { kind: 'none', mean: [0, 0, 0], std: [1, 1, 1] });
  assert.deepEqual(defaultPreprocess([20]), { kind: 'none', mean: [0], std: [1] });
});

test('the weights of a real PyTorch file are where handful looks for them', () => {
  const { spec, weights } = decodeModel(new Uint8Array(readFileSync('test/fixtures/lenet5.safetensors')));
  assert.deepEqual(spec, lenet5());
  const read = (name: string) => weights.get(name)!.data;

  // LeNet-5 by its definition, one value at a time; images are [H, W, C].
  type Volume = { size: number; channels: number; at: (y: number, x: number, c: number) => number };
  const grid = (size: number, channels: number, value: Volume['at']): Volume => {
    const values = Float64Array.from({ length: size * size * channels }, (_, i) =>
      value(Math.floor(i / channels / size), Math.floor(i / channels) % size, i % channels),
    );
    const isInside = (y: number, x: number) => y >= 0 && x >= 0 && y < size && x < size;
    return { size, channels, at: (y, x, c) => (isInside(y, x) ? at(values, (y * size + x) * channels + c) : 0) };
  };
  const conv = (name: string, image: Volume, filters: number, padding: number): Volume =>
    grid(image.size + 2 * padding - 4, filters, (y, x, o) => {
      const weight = (h: number, w: number, i: number) =>
        at(read(`${name}.weight`), ((h * 5 + w) * image.channels + i) * filters + o);
      let sum = at(read(`${name}.bias`), o);
      for (let h = 0; h < 5; h++)
        for (let w = 0; w < 5; w++)
          for (let i = 0; i < image.channels; i++)
            sum += image.at(y + h - padding, x + w - padding, i) * weight(h, w, i);
      return Math.max(0, sum);
    });
  const pool = ({ size, channels, at }: Volume): Volume =>
    grid(size / 2, channels, (y, x, c) =>
      Math.max(at(2 * y, 2 * x, c), at(2 * y, 2 * x + 1, c), at(2 * y + 1, 2 * x, c), at(2 * y + 1, 2 * x + 1, c)),
    );
  const dense = (name: string, values: number[], relu = true): number[] =>
    Array.from(read(`${name}.bias`), (bias, o) => {
      const width = read(`${name}.bias`).length;
      const sum = values.reduce((total, value, i) => total + value * at(read(`${name}.weight`), i * width + o), bias);
      return relu ? Math.max(0, sum) : sum;
    });

  for (const n of [0, 1]) {
    const image = grid(28, 1, (y, x) => at(fixture.input.data, n * 784 + y * 28 + x));
    const { size, channels, at: pixel } = pool(conv('conv2', pool(conv('conv1', image, 6, 2)), 16, 0));
    const flat: number[] = [];
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) for (let c = 0; c < channels; c++) flat.push(pixel(y, x, c));
    const logits = dense('fc3', dense('fc2', dense('fc1', flat)), false);
    logits.forEach((logit, c) => assert.ok(Math.abs(logit - at(fixture.logits.data, n * 10 + c)) < 1e-6));
  }
});

test('random, flipped and truncated bytes are read or refused, never anything else', () => {
  const good = [encodeModel(tiny), encodeModel(tiny, { dtype: 'F16' }), stateDict(tiny)];
  const survives = (bytes: Uint8Array): void => {
    try {
      const { spec, labels, weights } = decodeModel(bytes);
      const { classes, parameters } = lower(spec);
      assert.equal(labels.length, classes);
      for (const { name } of parameters) assert.ok(weights.get(name)!.data.every(Number.isFinite));
    } catch (error) {
      if (!(error instanceof HandfulError) || error.code !== 'bad-model') throw error;
    }
  };
  const flip = fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 255 }));
  const damage = fc.tuple(fc.constantFrom(...good), fc.array(flip, { minLength: 1, maxLength: 4 }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), survives), { numRuns: 2000 });
  fc.assert(
    fc.property(damage, ([bytes, flips]) => {
      const damaged = bytes.slice();
      for (const [place, mask] of flips) {
        const i = place % damaged.length;
        damaged[i] = at(damaged, i) ^ mask;
      }
      survives(damaged);
    }),
    { numRuns: 5000 },
  );
  for (const bytes of good)
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => decodeModel(bytes.subarray(0, length)), badModel(/./));
});

test('whatever the metadata says, the file is read or refused', () => {
  const plausible = fc.oneof(
    fc.jsonValue(),
    fc.record({
      name: fc.constantFrom('x', 1),
      input: fc.oneof(fc.array(fc.integer({ min: -1, max: 40 }), { maxLength: 3 }), fc.jsonValue()),
      layers: fc.array(
        fc.oneof(
          fc.record({
            type: fc.constantFrom('conv2d', 'dense', 'batchNorm', 'maxPool', 'flatten', 'residual', 'globalAvgPool'),
            name: fc.constantFrom('a', 'b', 'linears.0', '__proto__'),
            units: fc.constantFrom(2, 0, 1e9),
            filters: fc.constantFrom(2, -1),
            kernel: fc.constantFrom(1, 3, 'x'),
            size: fc.constantFrom(2, 0),
            body: fc.jsonValue(),
          }),
          fc.jsonValue(),
        ),
        { maxLength: 4 },
      ),
    }),
  );
  fc.assert(
    fc.property(plausible, fc.jsonValue(), fc.jsonValue(), fc.boolean(), (spec, labels, preprocess, keep) => {
      const change = { labels: JSON.stringify(labels), preprocess: JSON.stringify(preprocess) };
      try {
        decodeModel(withMetadata(tiny, keep ? change : { ...change, spec: JSON.stringify(spec) }));
      } catch (error) {
        if (!(error instanceof HandfulError) || error.code !== 'bad-model') throw error;
      }
    }),
    { numRuns: 3000 },
  );
});
