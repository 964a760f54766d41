import { kernel, numbers } from '../kernel.js';
import { elementwise } from './elementwise.js';
import { POOLED } from './pool.js';

// Batch norm over rows of channels. A workgroup works on 16 channels, four rows at a time. Moments are taken in two
// stages: of parts of `span` rows each, which whoever needs them merges in the same order, so that the bits are always the
// same. Where x is a convolution's, or the gradient is, that takes the first stage with it (conv2d.ts).

/** Channels that a workgroup works on. */
export const CHANNELS_AT_ONCE = 16;

/** With the sums over the four invocations of each channel, for each of them. */
const SHARED = `
var<workgroup> norm: array<vec2f, 64>;
fn norm_sums(own: vec2f, lane: u32) -> vec2f {
  workgroupBarrier();
  norm[lane] = own;
  workgroupBarrier();
  let c = lane % 16u;
  return norm[c] + norm[c + 16u] + norm[c + 32u] + norm[c + 48u];
}
`;

/** A part's two numbers for a channel; moments are left by the sums of deviations from one number: nothing cancels. */
export const RECORDS = `
fn record(at: u32, both: vec2f) {
  A[at] = both.x;
  A[at + 1u] = both.y;
}
fn record_moments(at: u32, origin: f32, sums: vec2f, count: f32) {
  let own = sums.x / count;
  record(at, vec2f(origin + own, max(0f, sums.y - sums.x * own)));
}
`;

const SIZES = numbers('rows', 'channels', 'parts', 'span');

/** Which channel and rows an invocation has; `group` counts blocks of channels first. */
const PLACE = `
  let blocks = (a.channels + 15u) / 16u;
  let c = group % blocks * 16u + lane % 16u;
  let row0 = lane / 16u;
  let chunk = group / blocks;`;

/**
 * Of each part: the mean, and the sum of squared deviations from it. Or, with `dy`: its sum, masked by `y`, and that of its
 * products with x less the mean; then what was masked is left in `dz`, if that is there.
 */
export const batchNormSums = kernel({
  name: 'batch_norm_sums',
  signature: { x: 'read', y: 'read', dy: 'read', mean: 'read', dz: 'write', records: 'write', ...SIZES },
  uses: [SHARED, RECORDS],
  body: `${PLACE}
  let begin = chunk * a.span;
  let end = min(a.rows, begin + a.span);
  var origin = 0f;
  if (c < a.channels) { origin = A[select(a.mean, a.x + begin * a.channels, a.dy == NONE) + c]; }
  var sums = vec2f();
  for (var row = begin + row0; row < end && c < a.channels; row += 4u) {
    let at = row * a.channels + c;
    let x = A[a.x + at] - origin;
    var d = x;
    if (a.dy != NONE) { d = masked(A[a.dy + at], a.y, at); }
    if (a.dz != NONE) { A[a.dz + at] = d; }
    sums += vec2f(d, d * x);
  }
  sums = norm_sums(sums, lane);
  if (lane >= 16u || c >= a.channels) { return; }
  let at = a.records + 2u * (chunk * a.channels + c);
  if (a.dy == NONE) { record_moments(at, origin, sums, f32(end - begin)); } else { record(at, sums); }`,
});

/** Merges all parts' moments, each of four invocations a fourth of them: mean, and sum of squared deviations from it. */
const MERGED = `
fn merged_moments(a: batch_norm_call, c: u32, lane: u32) -> vec2f {
  let parts = select(0u, a.parts, c < a.channels);
  var mean = 0f;
  var sums = vec2f();
  for (var turn = 0u; turn < 2u; turn++) {
    sums = vec2f();
    for (var part = lane / 16u; part < parts; part += 4u) {
      let at = a.records + 2u * (part * a.channels + c);
      let count = f32(min(a.span, a.rows - part * a.span));
      let d = A[at] - mean;
      sums += vec2f(count * d, A[at + 1u] + count * d * d);
    }
    sums = norm_sums(sums, lane);
    mean += sums.x / f32(a.rows);
  }
  return vec2f(mean, sums.y);
}
`;

/**
 * y = batch norm of x by the batch's moments, plus `addend`, then perhaps ReLU and the maximum of each window of `pool`
 * by `pool` pixels, whose place is left in `argmax`, and x there in `peak`. `sum` is y + `other`. A workgroup makes
 * `chunk` rows of y; the first one keeps the statistics.
 */
export const batchNorm = kernel({
  name: 'batch_norm',
  signature: {
    ...{ x: 'read', records: 'read', scale: 'parameter', shift: 'parameter', addend: 'read', y: 'write' },
    ...{ argmax: 'write', peak: 'write', other: 'read', sum: 'write' },
    ...{ mean: 'write', inverse: 'write', running_mean: 'changed', running_variance: 'changed' },
    ...{ epsilon: 'f32', momentum: 'f32', relu: 'u32', ...SIZES },
    ...numbers('out_rows', 'chunk', 'height', 'width', 'pool'),
  },
  uses: [SHARED, MERGED],
  body: `${PLACE}
  let moments = merged_moments(a, c, lane);
  if (c >= a.channels) { return; }
  let mean = moments.x;
  let inverse = 1f / sqrt(moments.y / f32(a.rows) + a.epsilon);
  if (chunk + row0 == 0u) {
    A[a.mean + c] = mean;
    A[a.inverse + c] = inverse;
    let m = a.running_mean + c;
    W[m] = mix(W[m], mean, a.momentum);
    let v = a.running_variance + c;
    W[v] = mix(W[v], moments.y / f32(max(1u, a.rows - 1u)), a.momentum);
  }
  let factor = inverse * W[a.scale + c];
  let shift = W[a.shift + c];
  for (var row = chunk * a.chunk + row0; row < min(a.out_rows, (chunk + 1u) * a.chunk); row += 4u) {
    var corner = row;
    if (a.pool > 1u) {
      let wide = a.width / a.pool;
      let high = a.height / a.pool;
      corner = (row / (wide * high) * a.height + row / wide % high * a.pool) * a.width + row % wide * a.pool;
    }
    let to = row * a.channels + c;
    var most = 0f;
    var code = 0u;
    var peak = 0f;
    for (var i = 0u; i < a.pool * a.pool; i++) {
      let at = (corner + i / a.pool * a.width + i % a.pool) * a.channels + c;
      let x = A[a.x + at];
      var z = (x - mean) * factor + shift;
      if (a.addend != NONE) { z += A[a.addend + at]; }
      if (i == 0u || beats(z, most)) { most = z; code = i; peak = x; }
    }
    if (a.relu != 0u) { most = rectified(most); }
    A[a.y + to] = most;
    if (a.argmax != NONE) {
      A[a.argmax + to] = f32(code);
      A[a.peak + to] = peak;
    }
    if (a.sum != NONE) { A[a.sum + to] = most + A[a.other + to]; }
  }`,
});

/** The same by the running statistics. */
export const batchNormRunning = elementwise(
  'batch_norm_running',
  {
    ...{ x: 'read', mean: 'parameter', variance: 'parameter', scale: 'parameter', shift: 'parameter' },
    ...{ addend: 'read', y: 'write', epsilon: 'f32', relu: 'u32', channels: 'u32' },
  },
  `let c = i % a.channels;
    let factor = W[a.scale + c] / sqrt(W[a.variance + c] + a.epsilon);
    var z = (A[a.x + i] - W[a.mean + c]) * factor + W[a.shift + c];
    if (a.addend != NONE) { z += A[a.addend + i]; }
    A[a.y + i] = select(z, rectified(z), a.relu != 0u);`,
);

/**
 * dx, masked, of those sums, and in the first chunk the gradients of scale and shift. With \`pool\` above 1, \`dz\` belongs to
 * the maxima of windows.
 */
export const batchNormGradient = kernel({
  name: 'batch_norm_gradient',
  signature: {
    ...{ x: 'read', dz: 'read', argmax: 'read', mean: 'read', inverse: 'read', records: 'read', scale: 'parameter' },
    ...{ mask: 'read', dx: 'write', dscale: 'write', dshift: 'write' },
    ...numbers('rows', 'channels', 'parts', 'chunk', 'height', 'width', 'pool'),
  },
  uses: [SHARED, POOLED],
  body: `${PLACE}
  var sums = vec2f();
  for (var part = row0; part < a.parts && c < a.channels; part += 4u) {
    let at = a.records + 2u * (part * a.channels + c);
    sums += vec2f(A[at], A[at + 1u]);
  }
  sums = norm_sums(sums, lane);
  if (c >= a.channels) { return; }
  let inverse = A[a.inverse + c];
  if (chunk + row0 == 0u) {
    A[a.dscale + c] = sums.y * inverse;
    A[a.dshift + c] = sums.x;
  }
  if (a.dx == NONE) { return; }
  let mean = A[a.mean + c];
  let factor = inverse * W[a.scale + c];
  sums /= f32(a.rows);
  let tilt = sums.y * inverse * inverse;
  for (var row = chunk * a.chunk + row0; row < min(a.rows, (chunk + 1u) * a.chunk); row += 4u) {
    let at = row * a.channels + c;
    var d: f32;
    if (a.pool == 1u) {
      d = A[a.dz + at];
    } else {
      let y = row / a.width;
      d = unpooled(a.dz, a.argmax, y / a.height, y % a.height, row % a.width, c, a.height, a.width, a.channels, a.pool);
    }
    let z = factor * (d - sums.x - (A[a.x + at] - mean) * tilt);
    A[a.dx + at] = masked(z, a.mask, at);
  }`,
});
