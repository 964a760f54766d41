// Element by element, and sums over rows.

import { check, f32Bytes, loadPart, storePart, zero } from './simd';

/** Adds bias [n] (unless 0) to each row of c [m, n], then perhaps ReLU; in place. */
export function f32_add_bias(c: usize, bias: usize, m: i32, n: i32, relu: bool): void {
  check(c, f32Bytes(m * n));
  const z = zero();
  for (; m > 0; m--)
    for (let j = 0; j < n; j += 4) {
      const count = min(4, n - j);
      let v = loadPart(c, count);
      if (bias) v = f32x4.add(v, loadPart(bias + f32Bytes(j), count));
      if (relu) v = f32x4.max(v, z);
      storePart(c, v, count);
      c += f32Bytes(count);
    }
}

/** c = a + b; `count` of them. In place too: c may be a or b. */
export function f32_add(a: usize, b: usize, c: usize, count: i32): void {
  const bytes = f32Bytes(count);
  check(a, bytes);
  check(b, bytes);
  check(c, bytes);
  let i: usize = 0;
  for (const whole = bytes & ~15; i < whole; i += 16) v128.store(c + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  for (; i < bytes; i += 4) store<f32>(c + i, load<f32>(a + i) + load<f32>(b + i));
}

/** c = ReLU(a + b); `count` of them. */
export function f32_add_relu(a: usize, b: usize, c: usize, count: i32): void {
  const bytes = f32Bytes(count);
  check(a, bytes);
  check(b, bytes);
  check(c, bytes);
  const end = a + bytes;
  const z = zero();
  for (const whole = a + (bytes & ~15); a < whole; a += 16) {
    v128.store(c, f32x4.max(f32x4.add(v128.load(a), v128.load(b)), z));
    b += 16;
    c += 16;
  }
  for (; a < end; a += 4) {
    store<f32>(c, max<f32>(load<f32>(a) + load<f32>(b), 0));
    b += 4;
    c += 4;
  }
}

/** dx = dy where y is above 0 (or not a number), else 0; `count` of them. */
export function f32_relu_gradient(dy: usize, y: usize, dx: usize, count: i32): void {
  const bytes = f32Bytes(count);
  check(dy, bytes);
  check(y, bytes);
  check(dx, bytes);
  const end = dy + bytes;
  const whole = dy + (bytes & ~31);
  const z = zero();
  while (dy < whole) {
    v128.store(dx, v128.andnot(v128.load(dy), f32x4.le(v128.load(y), z)));
    v128.store(dx, v128.andnot(v128.load(dy, 16), f32x4.le(v128.load(y, 16), z)), 16);
    dy += 32;
    y += 32;
    dx += 32;
  }
  while (dy < end) {
    store<f32>(dx, load<f32>(y) <= 0 ? 0 : load<f32>(dy));
    dy += 4;
    y += 4;
    dx += 4;
  }
}

/** sum [columns] of x [rows, columns] over the rows. */
export function f32_sum_rows(x: usize, sum: usize, rows: i32, columns: i32): void {
  check(x, f32Bytes(rows * columns));
  check(sum, f32Bytes(columns));
  const stride = f32Bytes(columns);
  let j = 0;
  for (; j + 16 <= columns; j += 16) {
    let from = x + f32Bytes(j);
    let s0 = zero();
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let i = rows; i > 0; i--) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
      from += stride;
    }
    const to = sum + f32Bytes(j);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; j < columns; j += 4) {
    if (columns >= 4) j = min(j, columns - 4); // repeats some columns
    const count = min(4, columns);
    let from = x + f32Bytes(j);
    let s0 = zero();
    let s1 = s0;
    let i = rows;
    for (; i >= 2; i -= 2) {
      s0 = f32x4.add(s0, loadPart(from, count));
      s1 = f32x4.add(s1, loadPart(from + stride, count));
      from += 2 * stride;
    }
    if (i) s0 = f32x4.add(s0, loadPart(from, count));
    storePart(sum + f32Bytes(j), f32x4.add(s0, s1), count);
  }
}
