import { kernel, numbers } from '../kernel.js';
import { elementwise } from './elementwise.js';

// Convolutions of each channel by itself; `filters` is how many there are in all, channel o of the result is made of
// channel o · channels / filters of the image.

/** Sizes of images, and the windows that move over them. */
export const WINDOWS = numbers(
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
);

/** y [N, H', W', filters] of x [N, H, W, C]. */
export const depthwiseConv2d = elementwise(
  'depthwise_conv2d',
  { x: 'read', weight: 'parameter', bias: 'parameter', y: 'write', relu: 'u32', ...WINDOWS },
  `let o = i % a.filters;
    let ox = i / a.filters % a.outW;
    let oy = i / (a.filters * a.outW) % a.outH;
    let n = i / (a.filters * a.outW * a.outH);
    let c = o / (a.filters / a.channels);
    var z = 0f;
    for (var v = 0u; v < a.kernel; v++) {
      let y = i32(oy * a.stride + v) - i32(a.top);
      if (y < 0 || y >= i32(a.height)) { continue; }
      for (var u = 0u; u < a.kernel; u++) {
        let x = i32(ox * a.stride + u) - i32(a.left);
        if (x < 0 || x >= i32(a.width)) { continue; }
        z += A[a.x + ((n * a.height + u32(y)) * a.width + u32(x)) * a.channels + c]
          * W[a.weight + (v * a.kernel + u) * a.filters + o];
      }
    }
    if (a.bias != NONE) { z += W[a.bias + o]; }
    A[a.y + i] = select(z, rectified(z), a.relu != 0u);`,
);

/** dx of dy and the weight, masked. */
export const depthwiseInputGradient = elementwise(
  'depthwise_input_gradient',
  { dy: 'read', weight: 'parameter', mask: 'read', dx: 'write', ...WINDOWS },
  `let c = i % a.channels;
    let x = i / a.channels % a.width;
    let y = i / (a.channels * a.width) % a.height;
    let n = i / (a.channels * a.width * a.height);
    let many = a.filters / a.channels;
    var z = 0f;
    for (var v = 0u; v < a.kernel; v++) {
      let far = y + a.top;
      if (far < v || (far - v) % a.stride != 0u || (far - v) / a.stride >= a.outH) { continue; }
      for (var u = 0u; u < a.kernel; u++) {
        let wide = x + a.left;
        if (wide < u || (wide - u) % a.stride != 0u || (wide - u) / a.stride >= a.outW) { continue; }
        let at = ((n * a.outH + (far - v) / a.stride) * a.outW + (wide - u) / a.stride) * a.filters;
        for (var o = c * many; o < (c + 1u) * many; o++) {
          z += A[a.dy + at + o] * W[a.weight + (v * a.kernel + u) * a.filters + o];
        }
      }
    }
    A[a.dx + i] = masked(z, a.mask, i);`,
);

/**
 * dw [kernel, kernel, 1, filters] and, if `rows` is one more than the window has pixels, the bias's gradient as its last
 * row. An invocation sums one of these over `span` pixels; each span has an array of its own.
 */
export const depthwiseFilterGradient = kernel({
  name: 'depthwise_filter_gradient',
  signature: { x: 'read', dy: 'read', dw: 'write', rows: 'u32', span: 'u32', pixels: 'u32', ...WINDOWS },
  body: `
  let size = a.rows * a.filters;
  let wide = (size + 63u) / 64u;
  let i = group % wide * 64u + lane;
  let part = group / wide;
  if (i >= size) { return; }
  let o = i % a.filters;
  let c = o / (a.filters / a.channels);
  let v = i / a.filters / a.kernel;
  let u = i / a.filters % a.kernel;
  var z = 0f;
  for (var p = part * a.span; p < min(a.pixels, (part + 1u) * a.span); p++) {
    let dy = A[a.dy + p * a.filters + o];
    if (v == a.kernel) {
      z += dy;
      continue;
    }
    let y = i32(p / a.outW % a.outH * a.stride + v) - i32(a.top);
    let x = i32(p % a.outW * a.stride + u) - i32(a.left);
    if (y < 0 || y >= i32(a.height) || x < 0 || x >= i32(a.width)) { continue; }
    let n = p / (a.outW * a.outH);
    z += dy * A[a.x + ((n * a.height + u32(y)) * a.width + u32(x)) * a.channels + c];
  }
  A[a.dw + part * size + i] = z;`,
});
