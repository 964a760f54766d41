import { numbers } from '../kernel.js';
import { RECORDS } from './batch-norm.js';
import { WINDOWS } from './depthwise.js';
import { ADD, four, product, TILE_SUMS } from './tiles.js';

// Convolutions as implicit matrix products: no window is ever copied. With `pool` 2 the maximum of each window of two by
// two pixels is part of it; where it was is a number from 0 to 3, row by row, or -1 where ReLU stopped it. Of what was
// pooled, by any windows next to each other, gradients are those of y at that pixel alone. What batch norm needs of a convolution's results, forward or
// backward, is summed up before they leave the tile: a tile's rows are a part.

const GEOMETRY = { ...numbers('batch', 'pool'), ...WINDOWS };

/** Whether the pixels at rows `y` and columns `x` are in an image. */
const inside = (height: string, width: string): string =>
  `(y >= vec4i()) & (y < vec4i(i32(${height}))) & (x >= vec4i()) & (x < vec4i(i32(${width})))`;

const forward = <R extends object>(name: string, rest: R) =>
  product({
    name,
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
    rows: '(a.batch * select(a.outH * a.outW, (a.outH / 2u) * (a.outW / 2u) * 4u, a.pool == 2u))',
    columns: 'a.filters',
    depth: `
    var first = vec4i(); var rows = vec4i(); var columns = vec4i();
    for (var i = 0u; i < phase.w; i++) {
      let p = ${name}_pixel(a, ms[i]);
      rows[i] = i32(p.y * a.stride) - i32(a.top);
      columns[i] = i32(p.z * a.stride) - i32(a.left);
      first[i] = (i32(p.x * a.height) + rows[i]) * i32(a.width) + columns[i];
    }
    var w = a.weight + ns;
    for (var v = 0u; v < a.kernel; v++) {
      for (var u = 0u; u < a.kernel; u++) {
        let y = rows + i32(v);
        let x = columns + i32(u);
        let is_inside = ${inside('a.height', 'a.width')};
        let at = a.x + vec4u(select(vec4i(), first + i32(v * a.width + u), is_inside)) * a.channels;
        for (var c = 0u; c < a.channels; c++) {
          let l = select(vec4f(), ${four('A', 'at', 'c')}, is_inside);
          let r = ${four('W', 'w', '0u')};
          ${ADD}
          w += a.filters;
        }
      }
    }`,
    storeTile: `
  if (a.pool == 2u) {
    if (m < a.batch * (a.outH / 2u) * (a.outW / 2u) * 4u) { ${name}_pooled(a, m / 4u * a.filters, n, sums); }
    return;
  }`,
    store: `
  var z = y;
  if (a.bias != NONE) { z += W[a.bias + n]; }
  if (a.relu != 0u) { z = rectified(z); }
  A[a.y + m * a.filters + n] = z;
  return z;`,
    helpers: `
fn ${name}_pixel(a: ${name}_call, m: u32) -> vec3u {
  if (a.pool != 2u) { return vec3u(m / (a.outH * a.outW), m / a.outW % a.outH, m % a.outW); }
  let p = m / 4u;
  let high = a.outH / 2u;
  let wide = a.outW / 2u;
  return vec3u(p / (high * wide), 2u * (p / wide % high) + ((m >> 1u) & 1u), 2u * (p % wide) + (m & 1u));
}
fn ${name}_pooled(a: ${name}_call, at: u32, n: u32, y: array<vec4f, 4>) {
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
    ...rest,
  });

/** y [N, H', W', filters] of x [N, H, W, C]; four rows of the product are a window, if it is pooled. */
export const conv2d = forward('conv2d', {});

/** The same for a y that is not pooled, whose moments are left in `records`. */
export const conv2dMoments = forward('conv2d_moments', {
  uses: [TILE_SUMS, RECORDS],
  finish: `
  workgroupBarrier();
  if (lane < quads) { tile_first[lane] = sums[0]; }
  workgroupBarrier();
  let count = min(tall, a.batch * a.outH * a.outW - m0);
  var p = vec4f();
  var q = vec4f();
  for (var i = 0u; i < phase.w; i++) {
    if (lane / quads * 4u + i >= count) { break; }
    let d = sums[i] - tile_first[lane % quads];
    p += d;
    q += d * d;
  }
  let both = tile_sums(lane, quads, p, q);
  let c = n0 + lane;
  if (lane < 4u * quads && c < a.filters) {
    record_moments(a.records + 2u * (m0 / tall * a.filters + c), tile_first[lane / 4u][lane % 4u], both, f32(count));
  }`,
});

const inputGradient = <R extends object>(name: string, rest: R) =>
  product({
    name,
    signature: {
      ...{ dy: 'read', argmax: 'read', weight: 'parameter', addend: 'read', mask: 'read', dx: 'write' },
      ...{ dz: 'write', norm_x: 'read', norm_y: 'read', mean: 'read', records: 'write', ...GEOMETRY },
    },
    rows: '(a.batch * a.height * a.width)',
    columns: 'a.channels',
    depth: `
    let high = a.outH / a.pool;
    let wide = a.outW / a.pool;
    let image = ms / (a.width * a.height) * high;
    let rows = vec4i(ms / a.width % a.height + a.top);
    let columns = vec4i(ms % a.width + a.left);
    for (var v = 0u; v < a.kernel; v++) {
      for (var u = 0u; u < a.kernel; u++) {
        var y = rows - i32(v);
        var x = columns - i32(u);
        var is_inside = (y >= vec4i()) & (x >= vec4i());
        if (a.stride > 1u) {
          let s = i32(a.stride);
          is_inside &= (y % s == vec4i()) & (x % s == vec4i());
          y /= s;
          x /= s;
        }
        var code = vec4f();
        if (a.pool == 2u) {
          code = vec4f((y & vec4i(1)) * 2 + (x & vec4i(1)));
          y >>= vec4u(1);
          x >>= vec4u(1);
        } else if (a.pool > 1u) {
          let s = i32(a.pool);
          code = vec4f(y % s * s + x % s);
          y /= s;
          x /= s;
        }
        is_inside &= ${inside('high', 'wide')};
        let at = select(vec4u(), (image + vec4u(y)) * wide + vec4u(x), is_inside) * a.filters;
        let dy = a.dy + at;
        let argmax = a.argmax + at;
        let w = a.weight + ((v * a.kernel + u) * a.channels + ns) * a.filters;
        for (var f = 0u; f < a.filters; f++) {
          var is_here = is_inside;
          if (a.pool > 1u) { is_here &= ${four('A', 'argmax', 'f')} == code; }
          let l = select(vec4f(), ${four('A', 'dy', 'f')}, is_here);
          let r = ${four('W', 'w', 'f')};
          ${ADD}
        }
      }
    }`,
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
    ...rest,
  });

/** dx of dy and the weight, plus `addend`, masked. */
export const conv2dInputGradient = inputGradient('conv2d_input_gradient', {});

/**
 * The same for the gradient of what batch norm yields: `dz` is dx masked by `norm_y`, and `records` get the sums of that and
 * of its products with `norm_x` less the mean.
 */
export const conv2dInputGradientSums = inputGradient('conv2d_input_gradient_sums', {
  uses: [TILE_SUMS, RECORDS],
  finish: `
  var p = vec4f();
  var q = vec4f();
  for (var i = 0u; i < phase.w; i++) {
    if (m + i >= a.batch * a.height * a.width) { break; }
    p += sums[i];
    for (var j = 0u; j < phase.w; j++) {
      let c = min(n + j, a.channels - 1u);
      q[j] += sums[i][j] * (A[a.norm_x + (m + i) * a.channels + c] - A[a.mean + c]);
    }
  }
  let both = tile_sums(lane, quads, p, q);
  let c = n0 + lane;
  if (lane < 4u * quads && c < a.channels) {
    record(a.records + 2u * (m0 / tall * a.channels + c), both);
  }`,
});

/**
 * dw [kernel, kernel, C, filters] and, if `rows` is one more, the bias's gradient as its last row. The sum over pixels, or
 * windows of them, is left in parts of `span` of these, an array each.
 */
export const conv2dFilterGradient = product({
  name: 'conv2d_filter_gradient',
  signature: { x: 'read', dy: 'read', argmax: 'read', dw: 'write', rows: 'u32', span: 'u32', ...GEOMETRY },
  rows: 'a.rows',
  columns: 'a.filters',
  depth: `
    let high = a.outH / a.pool;
    let wide = a.outW / a.pool;
    let v = vec4i(ms / (a.channels * a.kernel)) - i32(a.top);
    let u = vec4i(ms / a.channels % a.kernel) - i32(a.left);
    let on = (v * i32(a.width) + u) * i32(a.channels) + vec4i(ms % a.channels);
    let is_bias = ms == vec4u(a.kernel * a.kernel * a.channels);
    let begin = part * a.span;
    var column = begin % wide;
    var row = begin / wide % high;
    var image = begin / (wide * high);
    for (var p = begin; p < min(a.batch * high * wide, begin + a.span); p++) {
      let cell = p * a.filters + ns;
      let dy = ${four('A', 'cell', 'a.dy')};
      var argmax = vec4f();
      if (a.pool > 1u) { argmax = ${four('A', 'cell', 'a.argmax')}; }
      for (var i = 0u; i < a.pool * a.pool; i++) {
        let y0 = (row * a.pool + i / a.pool) * a.stride;
        let x0 = (column * a.pool + i % a.pool) * a.stride;
        let y = i32(y0) + v;
        let x = i32(x0) + u;
        let is_inside = ${inside('a.height', 'a.width')} & !is_bias;
        let at = i32(((image * a.height + y0) * a.width + x0) * a.channels) + on;
        let places = vec4u(select(vec4i(), at, is_inside));
        let l = select(vec4f(is_bias), ${four('A', 'places', 'a.x')}, is_inside);
        let r = select(vec4f(), dy, argmax == vec4f(f32(i)));
        ${ADD}
      }
      column++;
      if (column == wide) { column = 0; row++; }
      if (row == high) { row = 0; image++; }
    }`,
  store: `
  A[a.dw + (part * a.rows + m) * a.filters + n] = y;
  return y;`,
});
