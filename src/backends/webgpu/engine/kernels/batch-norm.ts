import { kernel, numbers } from '../kernel.js';
import { elementwise } from './elementwise.js';
import { POOLED } from './pool.js';

// Batch norm over rows of channels. A workgroup works on 16 channels, four rows at a time. Moments are taken in two
// stages: of parts of `span` rows each, which whoever needs them merges in the same order, so that the bits are always the
// same. Where x is a convolution's, or the gradient is, that takes the first stage with it (conv2d.ts).

/** Channels that a workgroup works on. */
export const CHANNELS_AT_ONCE = 16;

/** With the sums over the four invocations of each channel. */
const SHARED = `
var<workgroup> norm_a: array<f32, 64>;
var<workgroup> norm_b: array<f32, 64>;
fn sum_a(c: u32) -> f32 { return norm_a[c] + norm_a[c + 16u] + norm_a[c + 32u] + norm_a[c + 48u]; }
fn sum_b(c: u32) -> f32 { return norm_b[c] + norm_b[c + 16u] + norm_b[c + 32u] + norm_b[c + 48u]; }
`;

/** Leaves the moments of some numbers by the sums of their deviations from one of them: nothing cancels. */
export const RECORDS = `
fn record_moments(at: u32, origin: f32, sums: vec2f, count: f32) {
  let own = sums.x / count;
  A[at] = origin + own;
  A[at + 1u] = max(0f, sums.y - sums.x * own);
}
`;

const SIZES = numbers('rows', 'channels', 'parts', 'span');

/** Which channel and rows an invocation has; \`group\` counts blocks of channels first. */
const PLACE = `
  let blocks = (a.channels + 15u) / 16u;
  let c = group % blocks * 16u + lane % 16u;
  let chunk = group / blocks;
  let begin = chunk * a.span;`;

/** Sums over a part's rows what \`each\` adds to \`sum\` and \`other\`; then lanes below 16 have both of a channel. */
const sums = (each: string): string => `
  let end = min(a.rows, begin + a.span);
  var sum = 0f;
  var other = 0f;
  for (var row = begin + lane / 16u; row < end && c < a.channels; row += 4u) {
    let at = row * a.channels + c;
    ${each}
  }
  norm_a[lane] = sum;
  norm_b[lane] = other;
  workgroupBarrier();
  if (lane >= 16u || c >= a.channels) { return; }
  let both = vec2f(sum_a(lane), sum_b(lane));
  let record = a.records + 2u * (chunk * a.channels + c);`;

/** Mean and sum of squared deviations from it of each part. */
export const batchNormMoments = kernel({
  name: 'batch_norm_moments',
  signature: { x: 'read', records: 'write', ...SIZES },
  uses: [SHARED, RECORDS],
  source: `
fn batch_norm_moments(a: batch_norm_moments_call, group: u32, lane: u32) {${PLACE}
  var origin = 0f;
  if (c < a.channels) { origin = A[a.x + begin * a.channels + c]; }${sums(`let d = A[a.x + at] - origin;
    sum += d;
    other += d * d;`)}
  record_moments(record, origin, both, f32(end - begin));
}`,
});

/** Merges all parts' moments, each of four invocations a fourth of them: mean, and sum of squared deviations from it. */
const MERGED = `
fn merged_moments(records: u32, rows: u32, channels: u32, parts: u32, span: u32, c: u32, lane: u32) -> vec2f {
  let isThere = c < channels;
  var origin = 0f;
  if (isThere) { origin = A[records + 2u * c]; }
  var sum = 0f;
  for (var part = lane / 16u; part < parts && isThere; part += 4u) {
    let count = f32(min(span, rows - part * span));
    sum += count * (A[records + 2u * (part * channels + c)] - origin);
  }
  norm_a[lane] = sum;
  workgroupBarrier();
  let mean = origin + sum_a(lane % 16u) / f32(rows);
  var m2 = 0f;
  for (var part = lane / 16u; part < parts && isThere; part += 4u) {
    let at = records + 2u * (part * channels + c);
    let d = A[at] - mean;
    m2 += A[at + 1u] + f32(min(span, rows - part * span)) * d * d;
  }
  norm_b[lane] = m2;
  workgroupBarrier();
  return vec2f(mean, sum_b(lane % 16u));
}
`;

/**
 * y = batch norm of x by the batch's moments, plus \`addend\`, then perhaps ReLU and the maximum of each window of \`pool\`
 * by \`pool\` pixels, whose place is left in \`argmax\`, and x there in \`peak\`. \`sum\` is y + \`other\`. A workgroup makes
 * \`chunk\` rows of y; the first one keeps the statistics.
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
  source: `
fn batch_norm(a: batch_norm_call, group: u32, lane: u32) {
  let blocks = (a.channels + 15u) / 16u;
  let c = group % blocks * 16u + lane % 16u;
  let first = group / blocks * a.chunk;
  let moments = merged_moments(a.records, a.rows, a.channels, a.parts, a.span, c, lane);
  if (c >= a.channels) { return; }
  let mean = moments.x;
  let inverse = 1f / sqrt(moments.y / f32(a.rows) + a.epsilon);
  if (first + lane / 16u == 0u) {
    A[a.mean + c] = mean;
    A[a.inverse + c] = inverse;
    let at = a.running_mean + c;
    W[at] = W[at] * (1f - a.momentum) + mean * a.momentum;
    let unbiased = moments.y / f32(max(1u, a.rows - 1u));
    let to = a.running_variance + c;
    W[to] = W[to] * (1f - a.momentum) + unbiased * a.momentum;
  }
  let factor = inverse * W[a.scale + c];
  let shift = W[a.shift + c];
  for (var row = first + lane / 16u; row < min(a.out_rows, first + a.chunk); row += 4u) {
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
  }
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
 * Sums over a part's rows of the gradient, masked by \`y\`, and of its products with x less the mean. What was masked is
 * left in \`dz\`.
 */
export const batchNormGradientSums = kernel({
  name: 'batch_norm_gradient_sums',
  signature: { x: 'read', y: 'read', dy: 'read', mean: 'read', dz: 'write', records: 'write', ...SIZES },
  uses: [SHARED],
  source: `
fn batch_norm_gradient_sums(a: batch_norm_gradient_sums_call, group: u32, lane: u32) {${PLACE}${sums(`let d = masked(A[a.dy + at], a.y, at);
    if (a.dz != NONE) { A[a.dz + at] = d; }
    sum += d;
    other += d * (A[a.x + at] - A[a.mean + c]);`)}
  A[record] = both.x;
  A[record + 1u] = both.y;
}`,
});

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
  source: `
fn batch_norm_gradient(a: batch_norm_gradient_call, group: u32, lane: u32) {
  let blocks = (a.channels + 15u) / 16u;
  let c = group % blocks * 16u + lane % 16u;
  let first = group / blocks * a.chunk;
  var sums = vec2f();
  for (var part = lane / 16u; part < a.parts && c < a.channels; part += 4u) {
    let at = a.records + 2u * (part * a.channels + c);
    sums += vec2f(A[at], A[at + 1u]);
  }
  norm_a[lane] = sums.x;
  norm_b[lane] = sums.y;
  workgroupBarrier();
  if (c >= a.channels) { return; }
  let sum = sum_a(lane % 16u);
  let products = sum_b(lane % 16u);
  let inverse = A[a.inverse + c];
  if (first + lane / 16u == 0u) {
    A[a.dscale + c] = products * inverse;
    A[a.dshift + c] = sum;
  }
  if (a.dx == NONE) { return; }
  let mean = A[a.mean + c];
  let factor = inverse * W[a.scale + c];
  let level = sum / f32(a.rows);
  let tilt = products / f32(a.rows) * inverse * inverse;
  for (var row = first + lane / 16u; row < min(a.rows, first + a.chunk); row += 4u) {
    let at = row * a.channels + c;
    var d: f32;
    if (a.pool == 1u) {
      d = A[a.dz + at];
    } else {
      let y = row / a.width;
      d = unpooled(a.dz, a.argmax, y / a.height, y % a.height, row % a.width, c, a.height, a.width, a.channels, a.pool);
    }
    let z = factor * (d - level - (A[a.x + at] - mean) * tilt);
    A[a.dx + at] = masked(z, a.mask, at);
  }
}`,
});
