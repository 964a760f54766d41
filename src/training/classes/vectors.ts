type Vector = Float64Array | Float32Array;

/** Sum of the products of `a` and of as many values of `b`, in their order. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Adds `factor` times the first `count` values of `source` to those of `target` from `start` on. */
export function addScaled(target: Vector, start: number, factor: number, source: Vector, count: number): void {
  for (let i = 0; i < count; i++) target[start + i] = (target[start + i] ?? 0) + factor * (source[i] ?? 0);
}

export function norm(vector: Vector): number {
  return Math.sqrt(dot(vector, vector));
}

/** A copy of another length; of a vector of zeros there is none. */
export function scaled(vector: Float64Array, length: number): Float64Array {
  const factor = length / (norm(vector) || 1);
  return vector.map((value) => factor * value);
}

/** Column `at` of a matrix [rows, width]. */
export function readColumn(matrix: Float32Array, width: number, at: number): Float64Array {
  return Float64Array.from(matrix.filter((_, i) => i % width === at));
}

/** Overwrites column `at` of a matrix [rows, width]. */
export function writeColumn(matrix: Float32Array, width: number, at: number, column: Vector): void {
  column.forEach((value, row) => (matrix[row * width + at] = value));
}
