import { numbers } from '../kernel.js';
import { elementwise } from './elementwise.js';

// Pools, a number of the result each; `windowH`, `windowW` are the window's.

const GEOMETRY = numbers('height', 'width', 'channels', 'windowH', 'windowW', 'stride', 'outH', 'outW');

const PIXEL_OF_Y = `
    let c = i % a.channels;
    let ox = i / a.channels % a.outW;
    let oy = i / (a.channels * a.outW) % a.outH;
    let n = i / (a.channels * a.outW * a.outH);
    let first = a.x + ((n * a.height + oy * a.stride) * a.width + ox * a.stride) * a.channels + c;`;

const PIXEL_OF_X = `
    let c = i % a.channels;
    let x = i / a.channels % a.width;
    let y = i / (a.channels * a.width) % a.height;
    let n = i / (a.channels * a.width * a.height);
    let y0 = select(0u, (y - a.windowH) / a.stride + 1u, y >= a.windowH);
    let x0 = select(0u, (x - a.windowW) / a.stride + 1u, x >= a.windowW);
    let y1 = min(a.outH, y / a.stride + 1u);
    let x1 = min(a.outW, x / a.stride + 1u);`;

const MASKED = `
    if (a.mask != NONE) { z = select(0f, z, A[a.mask + i] > 0f); }
    A[a.dx + i] = z;`;

/** The greatest number of each window; of those that are equal `argmax`, if it is there, has the first one's place. */
export const maxPool = elementwise(
  'max_pool',
  { x: 'read', y: 'write', argmax: 'write', relu: 'u32', ...GEOMETRY },
  `${PIXEL_OF_Y}
    var most = A[first];
    var code = 0f;
    for (var v = 0u; v < a.windowH; v++) {
      for (var u = 0u; u < a.windowW; u++) {
        let z = A[first + (v * a.width + u) * a.channels];
        if (z > most) { most = z; code = f32(v * a.windowW + u); }
      }
    }
    if (a.relu != 0u && most <= 0f) { most = 0f; code = -1f; }
    A[a.y + i] = most;
    if (a.argmax != NONE) { A[a.argmax + i] = code; }`,
);

/** The gradient of windows that do not overlap, each at its \`argmax\`. */
export const maxUnpool = elementwise(
  'max_unpool',
  { dy: 'read', argmax: 'read', dx: 'write', ...GEOMETRY },
  `${PIXEL_OF_X}
    let v = y / a.stride;
    let u = x / a.stride;
    var z = 0f;
    if (v < a.outH && u < a.outW) {
      let at = ((n * a.outH + v) * a.outW + u) * a.channels + c;
      if (A[a.argmax + at] == f32((y - v * a.stride) * a.windowW + x - u * a.stride)) { z = A[a.dy + at]; }
    }
    A[a.dx + i] = z;`,
);

/** Each window's gradient goes to the first of its greatest numbers. */
export const maxPoolGradient = elementwise(
  'max_pool_gradient',
  { x: 'read', y: 'read', dy: 'read', mask: 'read', dx: 'write', ...GEOMETRY },
  `${PIXEL_OF_X}
    let own = A[a.x + i];
    var z = 0f;
    for (var v = y0; v < y1; v++) {
      for (var u = x0; u < x1; u++) {
        let at = ((n * a.outH + v) * a.outW + u) * a.channels + c;
        let most = A[a.y + at];
        if (own != most) { continue; }
        let before = (y - v * a.stride) * a.windowW + x - u * a.stride;
        var isFirst = true;
        for (var k = 0u; k < before; k++) {
          let row = v * a.stride + k / a.windowW;
          let column = u * a.stride + k % a.windowW;
          if (A[a.x + ((n * a.height + row) * a.width + column) * a.channels + c] == most) { isFirst = false; }
        }
        if (isFirst) { z += A[a.dy + at]; }
      }
    }${MASKED}`,
);

/** The mean of each window. */
export const averagePool = elementwise(
  'average_pool',
  { x: 'read', y: 'write', ...GEOMETRY },
  `${PIXEL_OF_Y}
    var z = 0f;
    for (var v = 0u; v < a.windowH; v++) {
      for (var u = 0u; u < a.windowW; u++) { z += A[first + (v * a.width + u) * a.channels]; }
    }
    A[a.y + i] = z / f32(a.windowH * a.windowW);`,
);

export const averagePoolGradient = elementwise(
  'average_pool_gradient',
  { dy: 'read', mask: 'read', dx: 'write', ...GEOMETRY },
  `${PIXEL_OF_X}
    var z = 0f;
    for (var v = y0; v < y1; v++) {
      for (var u = x0; u < x1; u++) { z += A[a.dy + ((n * a.outH + v) * a.outW + u) * a.channels + c]; }
    }
    z /= f32(a.windowH * a.windowW);${MASKED}`,
);
