import { numbers } from '../kernel.js';
import { RECORDS } from './batch-norm.js';
import { WINDOWS } from './depthwise.js';
import { ADD, four, product, TILE_SUMS, twice } from './tiles.js';

// Convolutions as implicit matrix products: no window is ever copied. With `pool` 2 the maximum of each window of two by
// two pixels is part of it; where it was is a number from 0 to 3, row by row, or -1 where ReLU stopped it. Of what was
// pooled, by any windows next to each other, gradients are those of y at that pixel alone. What batch norm needs of a convolution's results, forward or
// backward, is summed up before they leave the tile: a tile's rows are a part.

const GEOMETRY = { ...numbers('batch', 'pool'), ...WINDOWS };

/** Whether the pixels at rows `y` and columns `x` are in an image. */
const inside = (height: string, width: string, i: string): string =>
  `(y${i} >= vec4i()) & (y${i} < vec4i(i32(${height}))) & (x${i} >= vec4i()) & (x${i} < vec4i(i32(${width})))`;

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
    rows: '(a.batch * (a.outH / a.pool) * (a.outW / a.pool) * a.pool * a.pool)',
    columns: 'a.filters',
    depth: `
    let high = a.outH / a.pool;
    let wide = a.outW / a.pool;
    let odd = vec4u(a.pool - 1u);
    ${twice(
      (i) => `
    let cell${i} = ms${i} / (a.pool * a.pool);
    let rows${i} = vec4i((cell${i} / wide % high * a.pool + ((ms${i} >> vec4u(1)) & odd)) * a.stride) - i32(a.top);
    let columns${i} = vec4i((cell${i} % wide * a.pool + (ms${i} & odd)) * a.stride) - i32(a.left);
    let first${i} = (vec4i(cell${i} / (high * wide) * a.height) + rows${i}) * i32(a.width) + columns${i};`,
    )}
    var w = a.weight;
    for (var v = 0u; v < a.kernel; v++) {
      for (var u = 0u; u < a.kernel; u++) {
        ${twice(
          (i) => `
        let y${i} = rows${i} + i32(v);
        let x${i} = columns${i} + i32(u);
        let is_inside${i} = ${inside('a.height', 'a.width', i)};
        let at${i} = a.x + vec4u(select(vec4i(), first${i} + i32(v * a.width + u), is_inside${i})) * a.channels;`,
        )}
        for (var c = 0u; c < a.channels; c++) {
          ${twice((i) => `let l${i} = select(vec4f(), ${four('A', `at${i}`, 'c')}, is_inside${i});`)}
          let r = ${four('W', 'ns', 'w')};
          ${ADD}
          w += a.filters;
        }
      }
    }`,
    storeTile: `
  if (a.pool == 2u) {
    ${twice((i) => `${name}_pooled(a, m${i && ' + 4u'}, n, array<vec4f, 4>(cx${i}, cy${i}, cz${i}, cw${i}));`)}
    return;
  }`,
    store: `
  var z = y;
  if (a.bias != NONE) { z += W[a.bias + n]; }
  if (a.relu != 0u) { z = rectified(z); }
  A[a.y + m * a.filters + n] = z;
  return z;`,
    helpers: `
fn ${name}_pooled(a: ${name}_call, m: u32, n: u32, y: array<vec4f, 4>) {
  if (m >= a.batch * (a.outH / 2u) * (a.outW / 2u) * 4u) { return; }
  let at = m / 4u * a.filters;
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
  for (var i = 0u; i < 2u * phase.w; i++) {
    if (lane / quads * 8u + i >= count) { break; }
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

/** @param also What else is done with an entry `z` of dx, at place `at`. */
const inputGradient = <R extends object>(name: string, also: string, rest: R) =>
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
    ${twice(
      (i) => `
    let image${i} = ms${i} / (a.width * a.height) * high;
    let rows${i} = vec4i(ms${i} / a.width % a.height + a.top);
    let columns${i} = vec4i(ms${i} % a.width + a.left);`,
    )}
    for (var v = 0u; v < a.kernel; v++) {
      for (var u = 0u; u < a.kernel; u++) {
        ${twice(
          (i) => `
        var y${i} = rows${i} - i32(v);
        var x${i} = columns${i} - i32(u);
        var is_inside${i} = ${inside('high * a.pool * a.stride', 'wide * a.pool * a.stride', i)};
        if (a.stride > 1u) {
          let s = i32(a.stride);
          is_inside${i} &= (y${i} % s == vec4i()) & (x${i} % s == vec4i());
          y${i} /= s;
          x${i} /= s;
        }
        var code${i} = vec4f();
        if (a.pool > 1u) {
          let s = i32(a.pool);
          code${i} = vec4f(y${i} % s * s + x${i} % s);
          y${i} /= s;
          x${i} /= s;
        }
        let at${i} = select(vec4u(), (image${i} + vec4u(y${i})) * wide + vec4u(x${i}), is_inside${i}) * a.filters;
        let dy${i} = a.dy + at${i};
        let argmax${i} = a.argmax + at${i};`,
        )}
        let w = a.weight + ((v * a.kernel + u) * a.channels + ns) * a.filters;
        for (var f = 0u; f < a.filters; f++) {
          ${twice(
            (i) => `
          var is_here${i} = is_inside${i};
          if (a.pool > 1u) { is_here${i} &= ${four('A', `argmax${i}`, 'f')} == code${i}; }
          let l${i} = select(vec4f(), ${four('A', `dy${i}`, 'f')}, is_here${i});`,
          )}
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
  ${also}
  return z;`,
    ...rest,
  });

/** dx of dy and the weight, plus `addend`, masked. */
export const conv2dInputGradient = inputGradient('conv2d_input_gradient', '', {});

const SUMMED = `
  z = masked(z, a.norm_y, at);
  A[a.dz + at] = z;`;

/**
 * The same for the gradient of what batch norm yields: `dz` is dx masked by `norm_y`, and `records` get the sums of that and
 * of its products with `norm_x` less the mean.
 */
export const conv2dInputGradientSums = inputGradient('conv2d_input_gradient_sums', SUMMED, {
  uses: [TILE_SUMS, RECORDS],
  finish: `
  var p = vec4f();
  var q = vec4f();
  for (var i = 0u; i < 2u * phase.w; i++) {
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
    ${twice(
      (i) => `
    let v${i} = vec4i(ms${i} / (a.channels * a.kernel)) - i32(a.top);
    let u${i} = vec4i(ms${i} / a.channels % a.kernel) - i32(a.left);
    let on${i} = (v${i} * i32(a.width) + u${i}) * i32(a.channels) + vec4i(ms${i} % a.channels);
    let is_bias${i} = ms${i} == vec4u(a.kernel * a.kernel * a.channels);`,
    )}
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
        let pixel = i32(((image * a.height + y0) * a.width + x0) * a.channels);
        ${twice(
          (i) => `
        let y${i} = i32(y0) + v${i};
        let x${i} = i32(x0) + u${i};
        let is_inside${i} = ${inside('a.height', 'a.width', i)} & !is_bias${i};
        let at${i} = a.x + vec4u(select(vec4i(), pixel + on${i}, is_inside${i}));
        let l${i} = select(vec4f(is_bias${i}), ${four('A', `at${i}`, '0u')}, is_inside${i});`,
        )}
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
