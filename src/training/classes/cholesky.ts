/** The lower triangle L of a positive definite matrix L·Lᵀ, row by row. @param matrix [n, n], its lower triangle read. */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, row = 0; i < n; row += ++i)
    for (let j = 0, other = 0; j <= i; other += ++j) {
      const rest = lessProducts(matrix[i * n + j] ?? 0, lower, row, lower, other, j);
      lower[row + j] = j < i ? rest / (lower[other + j] ?? 1) : Math.sqrt(Math.max(rest, 1e-12)); // rounding may reach below 0
    }
  return lower;
}

/** Solves L·Lᵀ·x = b. @param lower As `cholesky` makes it. */
export function solve(lower: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = 0, row = 0; i < n; row += ++i)
    x[i] = lessProducts(x[i] ?? 0, lower, row, x, 0, i) / (lower[row + i] ?? 1);
  for (let i = n - 1; i >= 0; i--) {
    let rest = x[i] ?? 0;
    for (let k = i + 1; k < n; k++) rest -= (lower[(k * (k + 1)) / 2 + i] ?? 0) * (x[k] ?? 0);
    x[i] = rest / (lower[(i * (i + 1)) / 2 + i] ?? 1);
  }
  return x;
}

/** `from`, less the products of `count` values of `a`, from `startA` on, and of `b`, in their order. */
function lessProducts(
  from: number,
  a: Float64Array,
  startA: number,
  b: Float64Array,
  startB: number,
  count: number,
): number {
  for (let k = 0; k < count; k++) from -= (a[startA + k] ?? 0) * (b[startB + k] ?? 0);
  return from;
}
