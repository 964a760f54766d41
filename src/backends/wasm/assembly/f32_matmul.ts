// Matrix products C [M, N] = A · B + bias, with either operand transposed.

import { f32_gemm_4x8, f32_gemm_tn_4x8 } from './f32_gemm_4x8';
import { ROW, packBias, packColumns, packRows, panelCount, panelStart } from './panels';
import { check, checkScratch } from './simd';

/** Bytes of scratch memory for a product over `k`: one panel. */
export function f32_matmul_scratch(k: i32): usize {
  return <usize>(k + 1) * ROW;
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
  check(a, (<usize>m * k) << 2);
  check(b, (<usize>n * k) << 2);
  check(c, (<usize>m * n) << 2);
  checkScratch(scratch, scratch + f32_matmul_scratch(k), end);
  const columns = min(n, 8);
  const aRow = (<usize>k) << 2;
  const cRow = (<usize>n) << 2;
  for (let panel = 0, count = panelCount(n); panel < count; panel++) {
    const start = panelStart(panel, n);
    packBias(bias, start, n, scratch);
    if (transposeB) packColumns(b, aRow, k, start, n, scratch + ROW);
    else packRows(b, cRow, k, start, n, scratch + ROW);
    const out = c + ((<usize>start) << 2);
    for (let i = 0; i < m; i += 4) {
      const i1 = min(i + 1, m - 1); // rows beyond the last repeat it
      const i2 = min(i + 2, m - 1);
      const i3 = min(i + 3, m - 1);
      f32_gemm_4x8(
        a + <usize>i * aRow,
        a + <usize>i1 * aRow,
        a + <usize>i2 * aRow,
        a + <usize>i3 * aRow,
        scratch,
        scratch + ROW,
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
  check(a, (<usize>m * k) << 2);
  check(b, (<usize>n * k) << 2);
  check(c, (<usize>m * n) << 2);
  checkScratch(scratch, scratch + f32_matmul_scratch(k), end);
  const columns = min(n, 8);
  const cRow = (<usize>n) << 2;
  const aStep = (<usize>m) << 2;
  const direct = !transposeB && n >= 8 && k <= 32; // a longer B is worth packing
  for (let panel = 0, count = panelCount(n); panel < count; panel++) {
    const start = panelStart(panel, n);
    let from = b + ((<usize>start) << 2);
    let bStep = cRow;
    if (!direct) {
      if (transposeB) packColumns(b, (<usize>k) << 2, k, start, n, scratch);
      else packRows(b, cRow, k, start, n, scratch);
      from = scratch;
      bStep = ROW;
    }
    const out = c + ((<usize>start) << 2);
    for (let i = 0; i < m; i += 4) {
      const i1 = min(i + 1, m - 1);
      const i2 = min(i + 2, m - 1);
      const i3 = min(i + 3, m - 1);
      f32_gemm_tn_4x8(
        a + ((<usize>i) << 2),
        a + ((<usize>i1) << 2),
        a + ((<usize>i2) << 2),
        a + ((<usize>i3) << 2),
        aStep,
        0,
        0,
        from,
        bStep,
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
    }
  }
}
