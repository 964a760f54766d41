// Batch norm in shares of the rows, against its definition in float64.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { finiteDifferences } from '../support/oracle.js';
import { arena, shareOut } from './support/assembly.js';

const [EPSILON, MOMENTUM] = [Math.fround(1e-5), Math.fround(0.1)];

interface Case {
  rows: number;
  channels: number;
  shares: number;
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
    const own = Array.from({ length: rows }, (_, row) => x[row * channels + c]);
    const mean = own.reduce((a, b) => a + b) / rows;
    return { mean, variance: own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows };
  });
  return { mean: each.map(({ mean }) => mean), variance: each.map(({ variance }) => variance) };
}

function exact({ x, add, scale, shift }: Inputs, one: Case): Float64Array {
  const { mean, variance } = statistics(x, one.channels);
  return Float64Array.from(x, (value, i) => {
    const c = i % one.channels;
    const y = ((value - mean[c]) / Math.sqrt(variance[c] + EPSILON)) * scale[c] + shift[c] + (one.add ? add[i] : 0);
    return one.relu ? Math.max(0, y) : y;
  });
}

/** Forward and backward as threads do it, one share after the other. */
function run(one: Case, values: ReturnType<typeof inputs>) {
  const memory = arena(4 + Math.ceil((8 * one.rows * one.channels) / 16384));
  const { kernels, put, room, read } = memory;
  const { rows, channels, shares } = one;
  const size = rows * channels;
  const at = Object.fromEntries(Object.entries(values).map(([key, data]) => [key, put(data)])) as Record<
    string,
    number
  >;
  const hyper = put([EPSILON, MOMENTUM]);
  const [mean, inverse, dscale, dshift] = [0, 0, 0, 0].map(() => room(channels));
  const y = one.inPlace ? at.add : room(size);
  const record = kernels.f32_batch_norm_record(channels);
  const records = room((record / 4) * shares);
  const parts = shareOut(rows, shares).map(([start, count], share) => ({
    record: records + share * record,
    offset: 4 * start * channels,
    count,
  }));

  for (const { record, offset, count } of parts) kernels.f32_batch_norm_moments(at.x + offset, record, count, channels);
  kernels.f32_batch_norm_remember(
    ...[records, hyper, at.runningMean, at.runningVariance, mean, inverse, shares, channels],
  );
  for (const { offset, count } of parts)
    kernels.f32_batch_norm_apply(
      ...[at.x + offset, records, at.scale, at.shift, hyper, one.add ? at.add + offset : 0, y + offset],
      ...[shares, count, channels, Number(one.relu ?? false)],
      ...memory.scratch(kernels.f32_batch_norm_apply_scratch(channels)),
    );
  const output = read(y, size);

  const dz = one.add ? (one.inPlace ? at.dy : room(size)) : 0;
  const dx = one.inPlace ? at.dy : room(size);
  const gate = one.relu ? y : 0;
  for (const { record, offset, count } of parts) {
    const optional = (address: number) => (address ? address + offset : 0);
    kernels.f32_batch_norm_gradient_sums(
      ...[at.x + offset, optional(gate), at.dy + offset, optional(one.add ? at.more : 0), mean, optional(dz), record],
      ...[count, channels],
    );
  }
  kernels.f32_batch_norm_gradient_parameters(records, inverse, dscale, dshift, shares, channels);
  const through = dz ? read(dz, size) : undefined;
  for (const { offset, count } of parts)
    kernels.f32_batch_norm_gradient_apply(
      ...[at.x + offset, dz || !gate ? 0 : gate + offset, (dz || at.dy) + offset, mean, inverse, at.scale, records],
      ...[dx + offset, shares, rows, count, channels],
      ...memory.scratch(kernels.f32_batch_norm_gradient_apply_scratch(channels)),
    );
  memory.checkGuards();
  const vectors = { mean, inverse, dscale, dshift, runningMean: at.runningMean, runningVariance: at.runningVariance };
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
  got.inverse.forEach((value, c) => assertClose([value / inverse[c]], [1], tolerance * 10, `${what}: inverse ${c}`));
  const move = (from: number, to: number) => (1 - MOMENTUM) * from + MOMENTUM * to;
  assertClose(got.runningMean, mean.map((to, c) => move(given.runningMean[c], to)), tolerance, `${what}: running mean`); // prettier-ignore
  const unbiased = one.rows / Math.max(1, one.rows - 1);
  const moved = variance.map((to, c) => move(given.runningVariance[c], to * unbiased));
  assertClose(got.runningVariance, moved, tolerance * 10, `${what}: running variance`);
  return { given, got, what };
}

/** Gradients against finite differences of Σ y · (dy + more). */
function compareGradients(one: Case, seed: number) {
  const { given, got, what } = compareForward(one, seed);
  const doubles = Object.fromEntries(
    Object.entries(given).map(([key, data]) => [key, Float64Array.from(data)]),
  ) as Record<keyof Inputs, Float64Array>;
  const up = doubles.dy.map((value, i) => value + (one.add ? doubles.more[i] : 0));
  const loss = () => exact(doubles, one).reduce((sum, value, i) => sum + value * up[i], 0);
  assertClose(got.dx, finiteDifferences(loss, doubles.x), 1e-4, `${what}: dx`);
  assertClose(got.dscale, finiteDifferences(loss, doubles.scale), 1e-5, `${what}: dscale`);
  assertClose(got.dshift, finiteDifferences(loss, doubles.shift), 1e-5, `${what}: dshift`);
  if (got.dz) assertClose(got.dz, finiteDifferences(loss, doubles.add), 1e-5, `${what}: dz`);
}

describe('batch norm in shares', () => {
  for (const channels of [1, 2, 3, 4, 6, 7, 8, 16, 17])
    it(`${channels} channels: forward and gradients, 1 to 3 shares`, () => {
      let seed = channels;
      for (const shares of [1, 2, 3])
        for (const relu of [false, true])
          for (const add of [false, true])
            compareGradients({ rows: 3 + 2 * shares + (seed % 4), channels, shares, relu, add }, seed++);
    });

  it('in place, where the channels are a multiple of four or fewer', () => {
    for (const channels of [1, 3, 4, 8, 16])
      compareGradients({ rows: 11, channels, shares: 2, relu: true, add: true, inPlace: true }, channels);
  });

  it('many rows, around the blocks that they are taken in', () => {
    for (const channels of [1, 5, 16, 17, 64, 300])
      for (const rows of [1, 2, 63, 64, 65, 129, 257, 1031])
        for (const shares of [1, 3])
          compareForward({ rows: Math.max(rows, shares), channels, shares }, rows + channels);
  });

  it('means far from 0', () => {
    for (const shares of [1, 3])
      for (const channels of [3, 16]) {
        const one = { rows: 700, channels, shares, centre: 1000, spread: 0.5 };
        const { x } = inputs(one, 3);
        const got = run(one, inputs(one, 3));
        const { mean, variance } = statistics(x, channels);
        for (let c = 0; c < channels; c++) {
          assert.ok(Math.abs(got.mean[c] / mean[c] - 1) < 2e-7, `mean ${got.mean[c]}, expected ${mean[c]}`);
          const inverse = 1 / Math.sqrt(variance[c] + EPSILON);
          assert.ok(Math.abs(got.inverse[c] / inverse - 1) < 1e-5, `inverse ${got.inverse[c]}, expected ${inverse}`);
        }
      }
  });

  it('a first row that is far from the others', () => {
    const one = { rows: 200, channels: 4, shares: 1 };
    const values = inputs(one, 1);
    values.x.fill(1e4, 0, 4);
    const { variance } = statistics(values.x, 4);
    const { inverse } = run(one, values);
    inverse.forEach((value, c) => assertClose([value * Math.sqrt(variance[c] + EPSILON)], [1], 1e-4));
  });

  it('not a number stays in its channel, and gets through ReLU', () => {
    for (const channels of [3, 4, 6, 17]) {
      const one = { rows: 9, channels, shares: 2, relu: true, add: true };
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
    const { kernels, put, room, read, scratch, checkGuards } = arena();
    for (const channels of [1, 3, 4, 6, 17]) {
      const one = { rows: 5, channels, shares: 1 };
      const { x, scale, shift, runningMean, runningVariance, add } = inputs(one, channels);
      const y = room(5 * channels);
      const addresses = [x, runningMean, runningVariance, scale, shift, [EPSILON], add].map(put);
      const memory = scratch(kernels.f32_batch_norm_running_scratch(channels));
      kernels.f32_batch_norm_running(...addresses, y, 5, channels, 1, ...memory);
      const expected = x.map((value, i) => {
        const c = i % channels;
        const normal = (value - runningMean[c]) / Math.sqrt(runningVariance[c] + EPSILON);
        return Math.max(0, normal * scale[c] + shift[c] + add[i]);
      });
      assertClose(read(y, 5 * channels), expected, 1e-5);
      checkGuards();
    }
  });

  it('refuses to work in place where channels would be met twice (debug build)', () => {
    const { kernels, put, scratch } = arena();
    const x = put(new Float32Array(30));
    const vectors = Array.from({ length: 5 }, () => put(new Float32Array(10)));
    const memory = scratch(kernels.f32_batch_norm_running_scratch(10));
    assert.throws(
      () => kernels.f32_batch_norm_running(x, ...vectors, 0, x, 3, 10, 0, ...memory),
      WebAssembly.RuntimeError,
    );
  });
});
