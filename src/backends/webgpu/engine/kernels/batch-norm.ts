import { kernel, numbers } from '../kernel.js';
import { elementwise } from './elementwise.js';

// Batch norm over rows of channels. A workgroup works on 16 channels, four rows at a time. Moments are taken in two
// stages: of parts of `span` rows each, which whoever needs them merges in their order, so that the bits are always the
// same.

/** Rows that a workgroup normalises. */
export const NORMALISED_AT_ONCE = 128;

/** Channels that a workgroup works on. */
export const CHANNELS_AT_ONCE = 16;

const SHARED = `
var<workgroup> norm_a: array<f32, 64>;
var<workgroup> norm_b: array<f32, 64>;
`;

const SIZES = numbers('rows', 'channels', 'parts', 'span');

/** Which channel and rows an invocation has; \`group\` counts blocks of channels first. */
const PLACE = `
  let blocks = (a.channels + 15u) / 16u;
  let c = group % blocks * 16u + lane % 16u;
  let chunk = group / blocks;`;

/** Sums \`norm_a\` and \`norm_b\` of the four invocations of each channel into records of a part. */
const RECORD = `
  workgroupBarrier();
  if (lane < 16u && c < a.channels) {
    let at = a.records + 2u * (chunk * a.channels + c);
    A[at] = norm_a[lane] + norm_a[lane + 16u] + norm_a[lane + 32u] + norm_a[lane + 48u];
    A[at + 1u] = norm_b[lane] + norm_b[lane + 16u] + norm_b[lane + 32u] + norm_b[lane + 48u];
  }`;

/** Sums of deviations from a part's first row, and of their squares: nothing cancels, as the row is one of them. */
export const batchNormMoments = kernel({
  name: 'batch_norm_moments',
  signature: { x: 'read', records: 'write', ...SIZES },
  uses: [SHARED],
  source: `
fn batch_norm_moments(a: batch_norm_moments_call, group: u32, lane: u32) {${PLACE}
  let begin = chunk * a.span;
  let end = min(a.rows, begin + a.span);
  var sum = 0f;
  var squares = 0f;
  if (c < a.channels) {
    let origin = A[a.x + begin * a.channels + c];
    for (var row = begin + lane / 16u; row < end; row += 4u) {
      let d = A[a.x + row * a.channels + c] - origin;
      sum += d;
      squares += d * d;
    }
  }
  norm_a[lane] = sum;
  norm_b[lane] = squares;${RECORD}
}`,
});

/** Merges all parts' moments: mean, and the sum of squared deviations from it (Chan et al. 1979). */
const MERGED = `
fn merged_moments(records: u32, x: u32, rows: u32, channels: u32, parts: u32, span: u32, c: u32) -> vec2f {
  var mean = 0f;
  var m2 = 0f;
  var n = 0f;
  for (var part = 0u; part < parts; part++) {
    let at = records + 2u * (part * channels + c);
    let count = f32(min(rows, (part + 1u) * span) - part * span);
    let own = A[at] / count;
    let delta = A[x + part * span * channels + c] + own - mean;
    let total = n + count;
    m2 += max(0f, A[at + 1u] - A[at] * own) + delta * delta * n * count / total;
    mean += delta * count / total;
    n = total;
  }
  return vec2f(mean, m2);
}
`;

/** y = batch norm of x by the batch's moments, plus \`addend\`, then perhaps ReLU. The first chunk keeps the statistics. */
export const batchNorm = kernel({
  name: 'batch_norm',
  signature: {
    ...{ x: 'read', records: 'read', scale: 'parameter', shift: 'parameter', addend: 'read', y: 'write' },
    ...{ mean: 'write', inverse: 'write', running_mean: 'changed', running_variance: 'changed' },
    ...{ epsilon: 'f32', momentum: 'f32', relu: 'u32', ...SIZES },
  },
  uses: [SHARED, MERGED],
  source: `
fn batch_norm(a: batch_norm_call, group: u32, lane: u32) {${PLACE}
  if (lane < 16u && c < a.channels) {
    let moments = merged_moments(a.records, a.x, a.rows, a.channels, a.parts, a.span, c);
    let inverse = 1f / sqrt(moments.y / f32(a.rows) + a.epsilon);
    norm_a[lane] = moments.x;
    norm_b[lane] = inverse;
    if (chunk == 0u) {
      A[a.mean + c] = moments.x;
      A[a.inverse + c] = inverse;
      let at = a.running_mean + c;
      W[at] = W[at] * (1f - a.momentum) + moments.x * a.momentum;
      let unbiased = moments.y / f32(max(1u, a.rows - 1u));
      let to = a.running_variance + c;
      W[to] = W[to] * (1f - a.momentum) + unbiased * a.momentum;
    }
  }
  workgroupBarrier();
  if (c >= a.channels) { return; }
  let mean = norm_a[lane % 16u];
  let factor = norm_b[lane % 16u] * W[a.scale + c];
  let shift = W[a.shift + c];
  let end = min(a.rows, (chunk + 1u) * ${NORMALISED_AT_ONCE}u);
  for (var row = chunk * ${NORMALISED_AT_ONCE}u + lane / 16u; row < end; row += 4u) {
    let at = row * a.channels + c;
    var z = (A[a.x + at] - mean) * factor + shift;
    if (a.addend != NONE) { z += A[a.addend + at]; }
    A[a.y + at] = select(z, rectified(z), a.relu != 0u);
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
 * Sums over a part's rows of the gradient before ReLU, and of its products with x less the mean. That gradient is left in
 * \`dz\` too, if it is there: it is what a residual's other branch gets.
 */
export const batchNormGradientSums = kernel({
  name: 'batch_norm_gradient_sums',
  signature: { x: 'read', y: 'read', dy: 'read', mean: 'read', dz: 'write', records: 'write', ...SIZES },
  uses: [SHARED],
  source: `
fn batch_norm_gradient_sums(a: batch_norm_gradient_sums_call, group: u32, lane: u32) {${PLACE}
  var sum = 0f;
  var products = 0f;
  if (c < a.channels) {
    let mean = A[a.mean + c];
    let end = min(a.rows, (chunk + 1u) * a.span);
    for (var row = chunk * a.span + lane / 16u; row < end; row += 4u) {
      let at = row * a.channels + c;
      let d = masked(A[a.dy + at], a.y, at);
      if (a.dz != NONE) { A[a.dz + at] = d; }
      sum += d;
      products += d * (A[a.x + at] - mean);
    }
  }
  norm_a[lane] = sum;
  norm_b[lane] = products;${RECORD}
}`,
});

/** dx, masked, of those sums, and in the first chunk the gradients of scale and shift. */
export const batchNormGradient = kernel({
  name: 'batch_norm_gradient',
  signature: {
    ...{ x: 'read', y: 'read', dy: 'read', mean: 'read', inverse: 'read', records: 'read', scale: 'parameter' },
    ...{ mask: 'read', dx: 'write', dscale: 'write', dshift: 'write', ...SIZES },
  },
  uses: [SHARED],
  source: `
fn batch_norm_gradient(a: batch_norm_gradient_call, group: u32, lane: u32) {${PLACE}
  if (lane < 16u && c < a.channels) {
    var sum = 0f;
    var products = 0f;
    for (var part = 0u; part < a.parts; part++) {
      let at = a.records + 2u * (part * a.channels + c);
      sum += A[at];
      products += A[at + 1u];
    }
    norm_a[lane] = sum;
    norm_b[lane] = products;
    if (chunk == 0u) {
      A[a.dscale + c] = products * A[a.inverse + c];
      A[a.dshift + c] = sum;
    }
  }
  workgroupBarrier();
  if (c >= a.channels || a.dx == NONE) { return; }
  let inverse = A[a.inverse + c];
  let mean = A[a.mean + c];
  let factor = inverse * W[a.scale + c];
  let level = norm_a[lane % 16u] / f32(a.rows);
  let tilt = norm_b[lane % 16u] / f32(a.rows) * inverse * inverse;
  let end = min(a.rows, (chunk + 1u) * ${NORMALISED_AT_ONCE}u);
  for (var row = chunk * ${NORMALISED_AT_ONCE}u + lane / 16u; row < end; row += 4u) {
    let at = row * a.channels + c;
    let d = masked(A[a.dy + at], a.y, at);
    let z = factor * (d - level - (A[a.x + at] - mean) * tilt);
    A[a.dx + at] = masked(z, a.mask, at);
  }
}`,
});
