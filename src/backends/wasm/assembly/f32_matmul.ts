// Matrix products C [M, N] = A · B + bias, with either operand transposed.

import { f32_gemm_4x8, f32_gemm_tn_4x8 } from './f32_gemm_4x8';
import { ROW, packBias, packColumns, packRows, packRowsTwice, panelCount, panelStart } from './panels';
import { check, checkScratch, f32Bytes } from './simd';

// Bytes of packed B up to which Aᵀ · B packs all of it first, so that C is written row by row.
const MOST_PACKED: usize = 1 << 18;

// @inline
function panelBytes(k: i32): usize {
  return <usize>(k + 1) * ROW;
}

/** Bytes of scratch memory for `f32_matmul`. */
export function f32_matmul_scratch(k: i32): usize {
  return 2 * panelBytes(k);
}

/**
 * A [M, K] · B [K, N], or A · Bᵀ of B [N, K], plus bias [N] if it is not 0, then perhaps ReLU.
 * @param end Where the scratch memory ends.
 */
export function f32_matmul(
  a: usize,
  b: usize,
  bias: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeB: bool,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  check(a, f32Bytes(m * k));
  check(b, f32Bytes(n * k));
  check(c, f32Bytes(m * n));
  checkScratch(scratch, scratch + f32_matmul_scratch(k), end);
  const columns = min(n, 8);
  const aRow = f32Bytes(k);
  const cRow = f32Bytes(n);
  const second = scratch + panelBytes(k);
  for (let panel = 0, count = panelCount(n); panel < count; panel++) {
    const start = panelStart(panel, n);
    const isSecond = !transposeB && panel & 1 && start + 8 <= (n & ~7);
    const packed = isSecond ? second : scratch;
    packBias(bias, start, n, packed);
    if (transposeB) packColumns(b, aRow, k, start, n, packed + ROW);
    else if (!isSecond) {
      if (start + 16 <= n && !(panel & 1)) packRowsTwice(b, cRow, k, start, packed + ROW, second + ROW);
      else packRows(b, cRow, k, start, n, packed + ROW);
    }
    const out = c + f32Bytes(start);
    for (let i = 0; i < m; i += 4) {
      const i1 = min(i + 1, m - 1); // rows beyond the last repeat it
      const i2 = min(i + 2, m - 1);
      const i3 = min(i + 3, m - 1);
      f32_gemm_4x8(
        a + <usize>i * aRow,
        a + <usize>i1 * aRow,
        a + <usize>i2 * aRow,
        a + <usize>i3 * aRow,
        packed,
        packed + ROW,
        1,
        k,
        0,
        0,
        out + <usize>i * cRow,
        out + <usize>i1 * cRow,
        out + <usize>i2 * cRow,
        out + <usize>i3 * cRow,
        columns,
        relu,
      );
    }
  }
}

/** Panels of B that are packed at once. */
// @inline
function panelsAtOnce(n: i32, k: i32): i32 {
  return max(1, min(panelCount(n), <i32>(MOST_PACKED / (<usize>k * ROW))));
}

/** Bytes of scratch memory for `f32_matmul_tn`. */
export function f32_matmul_tn_scratch(n: i32, k: i32): usize {
  return <usize>panelsAtOnce(n, k) * k * ROW;
}

/** Aᵀ · B of A [K, M] and B [K, N], or of B [N, K] with `transposeB`. */
export function f32_matmul_tn(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeB: bool,
  scratch: usize,
  end: usize,
): void {
  check(a, f32Bytes(m * k));
  check(b, f32Bytes(n * k));
  check(c, f32Bytes(m * n));
  const columns = min(n, 8);
  const cRow = f32Bytes(n);
  const aStep = f32Bytes(m);
  const bytes = <usize>k * ROW;
  const all = panelCount(n);
  const atOnce = panelsAtOnce(n, k);
  checkScratch(scratch, scratch + f32_matmul_tn_scratch(n, k), end);
  for (let first = 0; first < all; first += atOnce) {
    const last = min(all, first + atOnce);
    for (let panel = first; panel < last; panel++) {
      const to = scratch + <usize>(panel - first) * bytes;
      if (transposeB) packColumns(b, f32Bytes(k), k, panelStart(panel, n), n, to);
      else packRows(b, cRow, k, panelStart(panel, n), n, to);
    }
    for (let i = 0; i < m; i += 4) {
      const i1 = min(i + 1, m - 1);
      const i2 = min(i + 2, m - 1);
      const i3 = min(i + 3, m - 1);
      let packed = scratch;
      for (let panel = first; panel < last; panel++) {
        const out = c + f32Bytes(panelStart(panel, n));
        f32_gemm_tn_4x8(
          a + f32Bytes(i),
          a + f32Bytes(i1),
          a + f32Bytes(i2),
          a + f32Bytes(i3),
          aStep,
          0,
          0,
          packed,
          ROW,
          k,
          1,
          1,
          out + <usize>i * cRow,
          out + <usize>i1 * cRow,
          out + <usize>i2 * cRow,
          out + <usize>i3 * cRow,
          columns,
          false,
        );
        packed += bytes;
      }
    }
  }
}
