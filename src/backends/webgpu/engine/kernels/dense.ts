import { product } from './tiles.js';

// Rows of these products are a layer's units or inputs, columns are examples: there are often no more than 16 of those.
// The weight's gradient is that of a convolution of one pixel.

/** y [N, units] = x [N, inputs] · weight [inputs, units] + bias, then perhaps ReLU. */
export const dense = product({
  name: 'dense',
  signature: {
    x: 'read',
    weight: 'parameter',
    bias: 'parameter',
    y: 'write',
    batch: 'u32',
    inputs: 'u32',
    units: 'u32',
    relu: 'u32',
  },
  rows: 'a.units',
  columns: 'a.batch',
  depth: 'a.inputs',
  row: 'return vec4i(i32(m), 0, 0, 1);',
  place: 'return vec4i(i32(k), 0, 0, 1);',
  left: 'return W[a.weight + u32(d.x) * a.units + u32(r.x)];',
  leftAlong: 'rows',
  right: 'return A[a.x + n * a.inputs + u32(d.x)];',
  rightAlong: 'depth',
  store: `
  var z = y;
  if (a.bias != NONE) { z += W[a.bias + m]; }
  if (a.relu != 0u) { z = rectified(z); }
  A[a.y + n * a.units + m] = z;
  return z;`,
});

/** dx [N, inputs] = dy [N, units] · weightᵀ, masked. */
export const denseInputGradient = product({
  name: 'dense_input_gradient',
  signature: { dy: 'read', weight: 'parameter', mask: 'read', dx: 'write', batch: 'u32', inputs: 'u32', units: 'u32' },
  rows: 'a.inputs',
  columns: 'a.batch',
  depth: 'a.units',
  row: 'return vec4i(i32(m), 0, 0, 1);',
  place: 'return vec4i(i32(k), 0, 0, 1);',
  left: 'return W[a.weight + u32(r.x) * a.units + u32(d.x)];',
  leftAlong: 'depth',
  right: 'return A[a.dy + n * a.units + u32(d.x)];',
  rightAlong: 'depth',
  store: `
  let at = n * a.inputs + m;
  A[a.dx + at] = masked(y, a.mask, at);
  return y;`,
});
