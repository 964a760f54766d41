import { numbers } from '../kernel.js';
import { elementwise } from './elementwise.js';

// Pools, a number of the result each; `windowH`, `windowW` are the window's. Windows that reach into the padding end at
// the image.

/**
 * The gradient at pixel (y, x) of what was pooled by windows of `pool` by `pool` pixels that do not overlap; `argmax` is the
 * place in the window, row by row.
 */
export const POOLED = `
fn unpooled(dy: u32, argmax: u32, n: u32, y: u32, x: u32, c: u32, height: u32, width: u32, channels: u32, pool: u32) -> f32 {
  let high = height / pool;
  let wide = width / pool;
  if (y >= pool * high || x >= pool * wide) { return 0f; }
  let at = ((n * high + y / pool) * wide + x / pool) * channels + c;
  return select(0f, A[dy + at], A[argmax + at] == f32(y % pool * pool + x % pool));
}
`;

const GEOMETRY = numbers(
  'height',
  'width',
  'channels',
  'windowH',
  'windowW',
  'strideH',
  'strideW',
  'top',
  'left',
  'outH',
  'outW',
);

/** Rows and columns of the image in the window of row `v` and column `u` of the result. */
const window = (v: string, u: string): string => `
    let top = i32(${v} * a.strideH) - i32(a.top);
    let left = i32(${u} * a.strideW) - i32(a.left);
    let from_row = u32(max(0, top));
    let from_column = u32(max(0, left));
    let to_row = u32(min(i32(a.height), top + i32(a.windowH)));
    let to_column = u32(min(i32(a.width), left + i32(a.windowW)));`;

const PIXEL_OF_Y = `
    let c = i % a.channels;
    let ox = i / a.channels % a.outW;
    let oy = i / (a.channels * a.outW) % a.outH;
    let n = i / (a.channels * a.outW * a.outH);${window('oy', 'ox')}`;

/** And the windows that it is in. */
const PIXEL_OF_X = `
    let c = i % a.channels;
    let x = i / a.channels % a.width;
    let y = i / (a.channels * a.width) % a.height;
    let n = i / (a.channels * a.width * a.height);
    let far_y = y + a.top;
    let far_x = x + a.left;
    let y0 = select(0u, (far_y - a.windowH) / a.strideH + 1u, far_y >= a.windowH);
    let x0 = select(0u, (far_x - a.windowW) / a.strideW + 1u, far_x >= a.windowW);
    let y1 = min(a.outH, far_y / a.strideH + 1u);
    let x1 = min(a.outW, far_x / a.strideW + 1u);`;

/** The greatest number of each window; of those that are equal `argmax`, if it is there, has the first one's place. */
export const maxPool = elementwise(
  'max_pool',
  { x: 'read', y: 'write', argmax: 'write', relu: 'u32', ...GEOMETRY },
  `${PIXEL_OF_Y}
    var most = A[a.x + ((n * a.height + from_row) * a.width + from_column) * a.channels + c];
    var code = f32((i32(from_row) - top) * i32(a.windowW) + i32(from_column) - left);
    for (var row = from_row; row < to_row; row++) {
      for (var column = from_column; column < to_column; column++) {
        let z = A[a.x + ((n * a.height + row) * a.width + column) * a.channels + c];
        if (beats(z, most)) { most = z; code = f32((i32(row) - top) * i32(a.windowW) + i32(column) - left); }
      }
    }
    if (a.relu != 0u && most <= 0f) { most = 0f; code = -1f; }
    A[a.y + i] = most;
    if (a.argmax != NONE) { A[a.argmax + i] = code; }`,
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
        if (own != most) { continue; }${window('v', 'u')}
        var isFirst = true;
        for (var row = from_row; row <= y; row++) {
          for (var column = from_column; column < select(to_column, x, row == y); column++) {
            if (A[a.x + ((n * a.height + row) * a.width + column) * a.channels + c] == most) { isFirst = false; }
          }
        }
        if (isFirst) { z += A[a.dy + at]; }
      }
    }
    A[a.dx + i] = masked(z, a.mask, i);`,
);

/** The mean of each window. */
export const averagePool = elementwise(
  'average_pool',
  { x: 'read', y: 'write', ...GEOMETRY },
  `${PIXEL_OF_Y}
    var z = 0f;
    for (var row = from_row; row < to_row; row++) {
      for (var column = from_column; column < to_column; column++) {
        z += A[a.x + ((n * a.height + row) * a.width + column) * a.channels + c];
      }
    }
    A[a.y + i] = z / f32((to_row - from_row) * (to_column - from_column));`,
);

export const averagePoolGradient = elementwise(
  'average_pool_gradient',
  { dy: 'read', mask: 'read', dx: 'write', ...GEOMETRY },
  `${PIXEL_OF_X}
    var z = 0f;
    for (var v = y0; v < y1; v++) {
      for (var u = x0; u < x1; u++) {${window('v', 'u')}
        let dy = A[a.dy + ((n * a.outH + v) * a.outW + u) * a.channels + c];
        z += dy / f32((to_row - from_row) * (to_column - from_column));
      }
    }
    A[a.dx + i] = masked(z, a.mask, i);`,
);
