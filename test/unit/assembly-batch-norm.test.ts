// Batch norm in shards of the rows, against its definition in float64.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at, mapped } from '../support/lists.js';
import { finiteDifferences } from '../support/oracle.js';
import { arena, shareOut } from './support/assembly.js';

const [EPSILON, MOMENTUM] = [Math.fround(1e-5), Math.fround(0.1)];

interface Case {
  rows: number;
  channels: number;
  shards: number;
  relu?: boolean;
  add?: boolean;
  inPlace?: boolean;
  /** The channels' mean and deviation. */
  centre?: number;
  spread?: number;
}

function inputs({ rows, channels, centre = 0, spread = 1 }: Case, seed: number) {
  const { normal } = draws(seed);
  const size = rows * channels;
  return {
    x: normal(size).map((value, i) => centre + ((i % channels) % 4) + spread * value),
    add: normal(size),
    dy: normal(size),
    more: normal(size),
    scale: normal(channels),
    shift: normal(channels),
    runningMean: normal(channels),
    runningVariance: normal(channels).map(Math.abs),
  };
}
type Inputs = Record<keyof ReturnType<typeof inputs>, ArrayLike<number>>;

function statistics(x: ArrayLike<number>, channels: number) {
  const rows = x.length / channels;
  const each = Array.from({ length: channels }, (_, c) => {
    const own = Array.from({ length: rows }, (_, row) => at(x, row * channels + c));
    const mean = own.reduce((a, b) => a + b) / rows;
    return { mean, variance: own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows };
  });
  return { mean: each.map(({ mean }) => mean), variance: each.map(({ variance }) => variance) };
}

function exact({ x, add, scale, shift }: Inputs, one: Case): Float64Array {
  const { mean, variance } = statistics(x, one.channels);
  return Float64Array.from(x, (value, i) => {
    const c = i % one.channels;
    const normal = (value - at(mean, c)) / Math.sqrt(at(variance, c) + EPSILON);
    const y = normal * at(scale, c) + at(shift, c) + (one.add ? at(add, i) : 0);
    return one.relu ? Math.max(0, y) : y;
  });
}

/** Forward and backward as threads do it, one shard after the other. */
function run(one: Case, values: ReturnType<typeof inputs>) {
  const memory = arena();
  const { put, state, room, read } = memory;
  const { rows, channels, shards, relu = false } = one;
  const size = rows * channels;
  const [x, scale, shift, more] = mapped([values.x, values.scale, values.shift, values.more], put);
  const [runningMean, runningVariance] = mapped([values.runningMean, values.runningVariance], state);
  const [term, dy] = mapped([values.add, values.dy], one.inPlace ? state : put);
  const hyper = put([EPSILON, MOMENTUM]);
  const [mean, inverse, dscale, dshift] = mapped([0, 0, 0, 0], () => room(channels));
  const y = one.inPlace ? term : room(size);
  const record = memory.exports.f32_batch_norm_record(channels);
  const records = room((record / 4) * shards);
  const parts = shareOut(rows, shards).map(([start, count], shard) => ({
    record: records + shard * record,
    offset: 4 * start * channels,
    sizes: { rows: count, channels },
  }));
  const all = { records, shards, channels };

  for (const { record, offset, sizes } of parts)
    memory.run({ kernel: 'f32_batch_norm_moments', x: x + offset, record, ...sizes });
  memory.run({ kernel: 'f32_batch_norm_remember', ...all, hyper, runningMean, runningVariance, mean, inverse });
  for (const { offset, sizes } of parts) {
    const add = one.add ? term + offset : 0;
    const places = { x: x + offset, y: y + offset, add };
    memory.run({ kernel: 'f32_batch_norm_apply', ...all, ...places, scale, shift, hyper, ...sizes, relu });
  }
  const output = read(y, size);

  const dz = one.add ? (one.inPlace ? dy : room(size)) : 0;
  const dx = one.inPlace ? dy : room(size);
  const gate = relu ? y : 0;
  for (const { record, offset, sizes } of parts) {
    const optional = (address: number) => (address ? address + offset : 0);
    memory.run({
      kernel: 'f32_batch_norm_gradient_sums',
      ...{ x: x + offset, y: optional(gate), dy: dy + offset, add: optional(one.add ? more : 0) },
      ...{ mean, dz: optional(dz), record, ...sizes },
    });
  }
  memory.run({ kernel: 'f32_batch_norm_gradient_parameters', ...all, inverse, dscale, dshift });
  const through = dz ? read(dz, size) : undefined;
  for (const { offset, sizes } of parts)
    memory.run({
      kernel: 'f32_batch_norm_gradient_apply',
      ...{ x: x + offset, y: dz || !gate ? 0 : gate + offset, dy: (dz || dy) + offset, dx: dx + offset },
      ...{ ...all, mean, inverse, scale, total: rows, ...sizes },
    });
  memory.check();
  const vectors = { mean, inverse, dscale, dshift, runningMean, runningVariance };
  return {
    y: output,
    dz: through,
    dx: read(dx, size),
    ...(Object.fromEntries(Object.entries(vectors).map(([key, from]) => [key, read(from, channels)])) as Record<
      keyof typeof vectors,
      Float32Array
    >),
  };
}

function compareForward(one: Case, seed: number, tolerance = 2e-6) {
  const values = inputs(one, seed);
  const given = { ...values, runningMean: values.runningMean.slice(), runningVariance: values.runningVariance.slice() };
  const got = run(one, values);
  const { mean, variance } = statistics(given.x, one.channels);
  const what = JSON.stringify(one);
  const inverse = variance.map((value) => 1 / Math.sqrt(value + EPSILON));
  assertClose(got.y, exact(given, one), tolerance * Math.max(10, ...inverse), `${what}: y`); // x's rounding grows by it
  assertClose(got.mean, mean, tolerance, `${what}: mean`);
  got.inverse.forEach((value, c) =>
    assertClose([value / at(inverse, c)], [1], tolerance * 10, `${what}: inverse ${c}`),
  );
  const move = (from: number, to: number) => (1 - MOMENTUM) * from + MOMENTUM * to;
  const means = mean.map((to, c) => move(at(given.runningMean, c), to));
  assertClose(got.runningMean, means, tolerance, `${what}: running mean`);
  const unbiased = one.rows / Math.max(1, one.rows - 1);
  const moved = variance.map((to, c) => move(at(given.runningVariance, c), to * unbiased));
  assertClose(got.runningVariance, moved, tolerance * 10, `${what}: running variance`);
  return { given, got, what };
}

/** Gradients against finite differences of Σ y · (dy + more). */
function compareGradients(one: Case, seed: number) {
  const { given, got, what } = compareForward(one, seed);
  const doubles = Object.fromEntries(
    Object.entries(given).map(([key, data]) => [key, Float64Array.from(data)]),
  ) as Record<keyof Inputs, Float64Array>;
  const up = doubles.dy.map((value, i) => value + (one.add ? at(doubles.more, i) : 0));
  const loss = () => exact(doubles, one).reduce((sum, value, i) => sum + value * at(up, i), 0);
  assertClose(got.dx, finiteDifferences(loss, doubles.x), 1e-4, `${what}: dx`);
  assertClose(got.dscale, finiteDifferences(loss, doubles.scale), 1e-5, `${what}: dscale`);
  assertClose(got.dshift, finiteDifferences(loss, doubles.shift), 1e-5, `${what}: dshift`);
  if (got.dz) assertClose(got.dz, finiteDifferences(loss, doubles.add), 1e-5, `${what}: dz`);
}

function assertRatio(actual: number, expected: number, tolerance: number, what: string) {
  assert.ok(Math.abs(actual / expected - 1) < tolerance, `${what} ${actual}, expected ${expected}`);
}

describe('batch norm in shards', () => {
  for (const channels of [1, 2, 3, 4, 6, 7, 8, 16, 17])
    it(`${channels} channels: forward and gradients, 1 to 3 shards`, () => {
      let seed = channels;
      for (const shards of [1, 2, 3])
        for (const relu of [false, true])
          for (const add of [false, true])
            compareGradients({ rows: 3 + 2 * shards + (seed % 4), channels, shards, relu, add }, seed++);
    });

  it('in place, where the channels are a multiple of four or fewer', () => {
    for (const channels of [1, 3, 4, 8, 16])
      compareGradients({ rows: 11, channels, shards: 2, relu: true, add: true, inPlace: true }, channels);
  });

  it('many rows, around the blocks that they are taken in', () => {
    for (const channels of [1, 5, 16, 17, 64, 300])
      for (const rows of [1, 2, 63, 64, 65, 129, 257, 1031])
        for (const shards of [1, 3])
          compareForward({ rows: Math.max(rows, shards), channels, shards }, rows + channels);
  });

  it('means far from 0', () => {
    for (const shards of [1, 3])
      for (const channels of [3, 16]) {
        const one = { rows: 700, channels, shards, centre: 1000, spread: 0.5 };
        const { x } = inputs(one, 3);
        const got = run(one, inputs(one, 3));
        const { mean, variance } = statistics(x, channels);
        assert.equal(got.mean.length, channels);
        got.mean.forEach((value, c) => assertRatio(value, at(mean, c), 2e-7, 'mean'));
        got.inverse.forEach((value, c) =>
          assertRatio(value, 1 / Math.sqrt(at(variance, c) + EPSILON), 1e-5, 'inverse'),
        );
      }
  });

  it('a first row that is far from the others', () => {
    const one = { rows: 200, channels: 4, shards: 1 };
    const values = inputs(one, 1);
    values.x.fill(1e4, 0, 4);
    const { variance } = statistics(values.x, 4);
    const { inverse } = run(one, values);
    inverse.forEach((value, c) => assertClose([value * Math.sqrt(at(variance, c) + EPSILON)], [1], 1e-4));
  });

  it('not a number stays in its channel, and gets through ReLU', () => {
    for (const channels of [3, 4, 6, 17]) {
      const one = { rows: 9, channels, shards: 2, relu: true, add: true };
      const values = inputs(one, 4);
      values.x[5 * channels + 1] = NaN;
      const got = run(one, values);
      for (const key of ['y', 'dx'] as const)
        got[key].forEach((value, i) => assert.equal(Number.isNaN(value), i % channels === 1, `${key} at ${i}`));
      for (const key of ['mean', 'inverse', 'dscale', 'runningMean', 'runningVariance'] as const)
        got[key].forEach((value, c) => assert.equal(Number.isNaN(value), c === 1, `${key} of ${c}`));
    }
  });

  it('by given statistics', () => {
    const { put, room, run, read, check } = arena();
    for (const channels of [1, 3, 4, 6, 17]) {
      const one = { rows: 5, channels, shards: 1 };
      const { x, scale, shift, runningMean, runningVariance, add } = inputs(one, channels);
      const y = room(5 * channels);
      run({
        kernel: 'f32_batch_norm_running',
        ...{ x: put(x), mean: put(runningMean), variance: put(runningVariance), scale: put(scale), shift: put(shift) },
        ...{ hyper: put([EPSILON]), add: put(add), y, rows: 5, channels, relu: true },
      });
      const expected = x.map((value, i) => {
        const c = i % channels;
        const normal = (value - at(runningMean, c)) / Math.sqrt(at(runningVariance, c) + EPSILON);
        return Math.max(0, normal * at(scale, c) + at(shift, c) + at(add, i));
      });
      assertClose(read(y, 5 * channels), expected, 1e-5);
      check();
    }
  });

  it('refuses to work in place where channels would be met twice (debug build)', () => {
    const { put, state, run } = arena();
    const apply = (channels: number) => {
      const [x, vector] = [state(new Float32Array(3 * channels)), put(new Float32Array(channels))];
      const vectors = { mean: vector, variance: vector, scale: vector, shift: vector, hyper: vector };
      run({ kernel: 'f32_batch_norm_running', x, ...vectors, add: 0, y: x, rows: 3, channels, relu: false });
    };
    apply(8);
    assert.throws(() => apply(10), WebAssembly.RuntimeError);
  });
});
