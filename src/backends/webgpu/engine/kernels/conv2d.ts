import { numbers } from '../kernel.js';
import { RECORDS } from './batch-norm.js';
import { WINDOWS } from './depthwise.js';
import { POOLED } from './pool.js';
import { product, TILE_SUMS } from './tiles.js';

// Convolutions as implicit matrix products: no window is ever copied. With `pool` 2 the maximum of each window of two by
// two pixels is part of it; where it was is a number from 0 to 3, row by row, or -1 where ReLU stopped it. Of what was
// pooled, by any windows next to each other, gradients are those of y at that pixel alone. What batch norm needs of a convolution's results, forward or
// backward, is summed up before they leave the tile: a tile's rows are a part.

const GEOMETRY = { ...numbers('batch', 'pool'), ...WINDOWS };

/** Most windows are of two by two pixels, and to divide by a constant is faster. */
const gradientAt = (n: string, y: string, x: string, c: string): string => `
  if (a.pool == 2u) { return unpooled(a.dy, a.argmax, ${n}, ${y}, ${x}, ${c}, a.outH, a.outW, a.filters, 2u); }
  if (a.pool > 1u) { return unpooled(a.dy, a.argmax, ${n}, ${y}, ${x}, ${c}, a.outH, a.outW, a.filters, a.pool); }
  return A[a.dy + ((${n} * a.outH + ${y}) * a.outW + ${x}) * a.filters + ${c}];`;

/**
 * y [N, H', W', filters] of x [N, H, W, C]; four rows of the product are a window, if it is pooled. `records`, if they are
 * there, get the moments of y, which then is not pooled.
 */
export const conv2d = product({
  name: 'conv2d',
  signature: {
    x: 'read',
    weight: 'parameter',
    bias: 'parameter',
    y: 'write',
    argmax: 'write',
    records: 'write',
    relu: 'u32',
    ...GEOMETRY,
  },
  uses: [TILE_SUMS, RECORDS],
  rows: '(a.batch * select(a.outH * a.outW, (a.outH / 2u) * (a.outW / 2u) * 4u, a.pool == 2u))',
  columns: 'a.filters',
  depth: '(a.kernel * a.kernel * a.channels)',
  row: `
  var n: u32; var y: u32; var x: u32;
  if (a.pool == 2u) {
    let p = m / 4u;
    let high = a.outH / 2u;
    let wide = a.outW / 2u;
    n = p / (high * wide);
    y = 2u * (p / wide % high) + ((m >> 1u) & 1u);
    x = 2u * (p % wide) + (m & 1u);
  } else {
    n = m / (a.outH * a.outW);
    y = m / a.outW % a.outH;
    x = m % a.outW;
  }
  return vec4i(i32(n), i32(y * a.stride) - i32(a.top), i32(x * a.stride) - i32(a.left), 1);`,
  place: `
  let p = k / a.channels;
  return vec4i(i32(k % a.channels), i32(p / a.kernel), i32(p % a.kernel), 1);`,
  left: `
  let y = r.y + d.y;
  let x = r.z + d.z;
  if (y < 0 || y >= i32(a.height) || x < 0 || x >= i32(a.width)) { return 0f; }
  return A[a.x + ((u32(r.x) * a.height + u32(y)) * a.width + u32(x)) * a.channels + u32(d.x)];`,
  leftAlong: 'depth',
  right: 'return W[a.weight + ((u32(d.y) * a.kernel + u32(d.z)) * a.channels + u32(d.x)) * a.filters + n];',
  rightAlong: 'columns',
  storeTile: `
  if (a.pool == 2u) {
    if (m < a.batch * (a.outH / 2u) * (a.outW / 2u) * 4u) { conv2d_pooled(a, m / 4u * a.filters, n, sums); }
    return;
  }`,
  store: `
  var z = y;
  if (a.bias != NONE) { z += W[a.bias + n]; }
  if (a.relu != 0u) { z = rectified(z); }
  A[a.y + m * a.filters + n] = z;
  return z;`,
  finish: 'if (a.records != NONE) { conv2d_moments(a, m0, n0, lane, sums); }',
  helpers: `
fn conv2d_moments(a: conv2d_call, m0: u32, n0: u32, lane: u32, y: array<vec4f, 4>) {
  workgroupBarrier();
  if (lane < 4u) { tile_right[lane] = y[0]; }
  workgroupBarrier();
  let count = min(64u, a.batch * a.outH * a.outW - m0);
  var rows = y;
  var p = vec4f();
  var q = vec4f();
  for (var i = 0u; i < phase.w; i++) {
    if (lane / 4u * 4u + i >= count) { break; }
    let d = rows[i] - tile_right[lane % 4u];
    p += d;
    q += d * d;
  }
  let sums = tile_sums(lane, p, q);
  let c = n0 + lane;
  if (lane < 16u && c < a.filters) {
    record_moments(a.records + 2u * (m0 / 64u * a.filters + c), tile_right[lane / 4u][lane % 4u], sums, f32(count));
  }
}
fn conv2d_pooled(a: conv2d_call, at: u32, n: u32, y: array<vec4f, 4>) {
  var rows = y;
  for (var j = n; j < min(n + phase.w, a.filters); j++) {
    var most = rows[0][j - n];
    var code = 0f;
    for (var i = 1u; i < phase.w; i++) {
      let z = rows[i][j - n];
      if (beats(z, most)) { most = z; code = f32(i); }
    }
    if (a.bias != NONE) { most += W[a.bias + j]; }
    if (a.relu != 0u && most <= 0f) { most = 0f; code = -1f; }
    A[a.y + at + j] = most;
    if (a.argmax != NONE) { A[a.argmax + at + j] = code; }
  }
}`,
});

/**
 * dx of dy and the weight, plus `addend`, masked. If it is the gradient of what batch norm yields, `dz` is the same masked
 * by `norm_y`, and `records` get the sums of that and of its products with `norm_x` less the mean.
 */
export const conv2dInputGradient = product({
  name: 'conv2d_input_gradient',
  signature: {
    ...{ dy: 'read', argmax: 'read', weight: 'parameter', addend: 'read', mask: 'read', dx: 'write' },
    ...{ dz: 'write', norm_x: 'read', norm_y: 'read', mean: 'read', records: 'write', ...GEOMETRY },
  },
  uses: [POOLED, TILE_SUMS, RECORDS],
  rows: '(a.batch * a.height * a.width)',
  columns: 'a.channels',
  depth: '(a.kernel * a.kernel * a.filters)',
  row: `
  let y = m / a.width % a.height;
  return vec4i(i32(m / (a.width * a.height)), i32(y + a.top), i32(m % a.width + a.left), 1);`,
  place: `
  let p = k / a.filters;
  return vec4i(i32(k % a.filters), i32(p / a.kernel), i32(p % a.kernel), 1);`,
  left: `
  var y = r.y - d.y;
  var x = r.z - d.z;
  if (y < 0 || x < 0) { return 0f; }
  if (a.stride > 1u) {
    let s = i32(a.stride);
    if (y % s != 0 || x % s != 0) { return 0f; }
    y /= s;
    x /= s;
  }
  if (y >= i32(a.outH) || x >= i32(a.outW)) { return 0f; }
  ${gradientAt('u32(r.x)', 'u32(y)', 'u32(x)', 'u32(d.x)')}`,
  leftAlong: 'depth',
  right: 'return W[a.weight + ((u32(d.y) * a.kernel + u32(d.z)) * a.channels + n) * a.filters + u32(d.x)];',
  rightAlong: 'depth',
  store: `
  let at = m * a.channels + n;
  var z = y;
  if (a.addend != NONE) { z += A[a.addend + at]; }
  z = masked(z, a.mask, at);
  if (a.dx != NONE) { A[a.dx + at] = z; }
  if (a.records == NONE) { return z; }
  z = masked(z, a.norm_y, at);
  A[a.dz + at] = z;
  return z;`,
  finish: 'if (a.records != NONE) { conv2d_input_gradient_sums(a, m0, n0, lane, sums); }',
  helpers: `
fn conv2d_input_gradient_sums(a: conv2d_input_gradient_call, m0: u32, n0: u32, lane: u32, dz: array<vec4f, 4>) {
  var rows = dz;
  var p = vec4f();
  var q = vec4f();
  for (var i = 0u; i < phase.w; i++) {
    let m = m0 + lane / 4u * 4u + i;
    if (m >= a.batch * a.height * a.width) { break; }
    p += rows[i];
    for (var j = 0u; j < phase.w; j++) {
      let c = min(n0 + lane % 4u * 4u + j, a.channels - 1u);
      q[j] += rows[i][j] * (A[a.norm_x + m * a.channels + c] - A[a.mean + c]);
    }
  }
  let sums = tile_sums(lane, p, q);
  let c = n0 + lane;
  if (lane < 16u && c < a.channels) {
    record(a.records + 2u * (m0 / 64u * a.channels + c), sums);
  }
}
`,
});

/**
 * dw [kernel, kernel, C, filters] and, if `rows` is one more, the bias's gradient as its last row. The sum over pixels is
 * left in parts of `span` pixels, an array each.
 */
export const conv2dFilterGradient = product({
  name: 'conv2d_filter_gradient',
  signature: { x: 'read', dy: 'read', argmax: 'read', dw: 'write', rows: 'u32', span: 'u32', ...GEOMETRY },
  uses: [POOLED],
  rows: 'a.rows',
  columns: 'a.filters',
  depth: '(a.batch * a.outH * a.outW)',
  row: `
  let p = m / a.channels;
  return vec4i(i32(m % a.channels), i32(p / a.kernel), i32(p % a.kernel), 1);`,
  place: `return vec4i(i32(k / (a.outH * a.outW)), i32(k / a.outW % a.outH), i32(k % a.outW), 1);`,
  left: `
  if (r.y == i32(a.kernel)) { return 1f; }
  let y = d.y * i32(a.stride) - i32(a.top) + r.y;
  let x = d.z * i32(a.stride) - i32(a.left) + r.z;
  if (y < 0 || y >= i32(a.height) || x < 0 || x >= i32(a.width)) { return 0f; }
  return A[a.x + ((u32(d.x) * a.height + u32(y)) * a.width + u32(x)) * a.channels + u32(r.x)];`,
  leftAlong: 'rows',
  right: gradientAt('u32(d.x)', 'u32(d.y)', 'u32(d.z)', 'n'),
  rightAlong: 'columns',
  store: `
  A[a.dw + (part * a.rows + m) * a.filters + n] = y;
  return y;`,
});
