/** The lower triangle L of a positive definite matrix L·Lᵀ, row by row. @param matrix [n, n], its lower triangle read. */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, row = 0; i < n; row += ++i)
    for (let j = 0, other = 0; j <= i; other += ++j) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[row + k]! * lower[other + k]!;
      lower[row + j] = j < i ? sum / lower[other + j]! : Math.sqrt(Math.max(sum, 1e-12)); // rounding may reach below 0
    }
  return lower;
}

/** Solves L·Lᵀ·x = b. @param lower As `cholesky` makes it. */
export function solve(lower: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let k = 0; k < i; k++) x[i]! -= lower[row + k]! * x[k]!;
    x[i]! /= lower[row + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[(k * (k + 1)) / 2 + i]! * x[k]!;
    x[i]! /= lower[(i * (i + 1)) / 2 + i]!;
  }
  return x;
}
