import { ADD, four, product, twice } from './tiles.js';

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
  depth: `
    let x = a.x + ns * a.inputs;
    var w = a.weight;
    for (var k = 0u; k < a.inputs; k++) {
      ${twice((i) => `let l${i} = ${four('W', `ms${i}`, 'w')};`)}
      let r = ${four('A', 'x', 'k')};
      ${ADD}
      w += a.units;
    }`,
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
  depth: `
    let dy = a.dy + ns * a.units;
    ${twice((i) => `let w${i} = a.weight + ms${i} * a.units;`)}
    for (var k = 0u; k < a.units; k++) {
      ${twice((i) => `let l${i} = ${four('W', `w${i}`, 'k')};`)}
      let r = ${four('A', 'dy', 'k')};
      ${ADD}
    }`,
  store: `
  let at = n * a.inputs + m;
  A[a.dx + at] = masked(y, a.mask, at);
  return y;`,
});
