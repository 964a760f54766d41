import { numbers } from '../kernel.js';
import { product } from './tiles.js';

// Convolutions as implicit matrix products: no window is ever copied. With `pool` 2 the maximum of each window of two by
// two pixels is part of it; where it was is a number from 0 to 3, row by row, or -1 where ReLU stopped it. Of what was
// pooled, gradients are those of y at that pixel alone.

const GEOMETRY = numbers(
  'batch',
  'height',
  'width',
  'channels',
  'filters',
  'kernel',
  'stride',
  'top',
  'left',
  'outH',
  'outW',
  'pool',
);

/** Of a pooled convolution: `dy` at pixel (y, x) of what the convolution itself yields. */
const POOLED = `
fn unpooled(dy: u32, argmax: u32, n: u32, y: u32, x: u32, c: u32, outH: u32, outW: u32, filters: u32) -> f32 {
  let high = outH / 2u;
  let wide = outW / 2u;
  if (y >= 2u * high || x >= 2u * wide) { return 0f; }
  let at = ((n * high + y / 2u) * wide + x / 2u) * filters + c;
  return select(0f, A[dy + at], A[argmax + at] == f32(2u * (y & 1u) + (x & 1u)));
}
`;

const gradientAt = (n: string, y: string, x: string, c: string): string => `
  if (a.pool == 2u) { return unpooled(a.dy, a.argmax, ${n}, ${y}, ${x}, ${c}, a.outH, a.outW, a.filters); }
  return A[a.dy + ((${n} * a.outH + ${y}) * a.outW + ${x}) * a.filters + ${c}];`;

/** y [N, H', W', filters] of x [N, H, W, C]; four rows of the product are a window, if it is pooled. */
export const conv2d = product({
  name: 'conv2d',
  signature: {
    x: 'read',
    weight: 'parameter',
    bias: 'parameter',
    y: 'write',
    argmax: 'write',
    relu: 'u32',
    ...GEOMETRY,
  },
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
    if (m >= a.batch * (a.outH / 2u) * (a.outW / 2u) * 4u) { return; }
    for (var j = 0u; j < phase.w; j++) {
      if (n + j >= a.filters) { return; }
      conv2d_pool(a, m / 4u * a.filters + n + j, n + j, vec4f(c0[j], c1[j], c2[j], c3[j]));
    }
    return;
  }`,
  store: `
  var z = y;
  if (a.bias != NONE) { z += W[a.bias + n]; }
  if (a.relu != 0u) { z = rectified(z); }
  A[a.y + m * a.filters + n] = z;`,
  helpers: `
fn conv2d_pool(a: conv2d_call, at: u32, column: u32, window: vec4f) {
  var most = window.x;
  var code = 0f;
  if (beats(window.y, most)) { most = window.y; code = 1f; }
  if (beats(window.z, most)) { most = window.z; code = 2f; }
  if (beats(window.w, most)) { most = window.w; code = 3f; }
  if (a.bias != NONE) { most += W[a.bias + column]; }
  if (a.relu != 0u && most <= 0f) { most = 0f; code = -1f; }
  A[a.y + at] = most;
  if (a.argmax != NONE) { A[a.argmax + at] = code; }
}`,
});

/** dx of dy and the weight, masked. */
export const conv2dInputGradient = product({
  name: 'conv2d_input_gradient',
  signature: { dy: 'read', argmax: 'read', weight: 'parameter', mask: 'read', dx: 'write', ...GEOMETRY },
  uses: [POOLED],
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
  A[a.dx + at] = masked(y, a.mask, at);`,
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
  store: 'A[a.dw + (part * a.rows + m) * a.filters + n] = y;',
});
