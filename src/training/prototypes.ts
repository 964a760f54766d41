import type { Weights } from '../models/model.js';

/** By how much a new class beats those known on its own examples, on average, in nats. */
const MARGIN = 3;

/** If less of a mean than this share is left beside the known columns, these span all features, and it is rounding. */
const EXPLAINED = 1e-3;

/**
 * Makes columns of a dense head for new classes from the mean features of their examples (prototypes: Snell et al.
 * 2017). Beside known classes a prototype is only what these do not explain, the part of the mean at right angles to
 * their columns and as long as they are, so that their own examples stay theirs.
 * @param head Name of the head: weights [features, classes], perhaps a bias.
 * @param features [N, features] of the examples, as the head takes them, flat.
 * @param classes [N]
 * @param isNew For each class, whether its column is to be made; without examples it is left alone.
 */
export function writePrototypes(
  weights: Weights,
  head: string,
  features: Float32Array,
  classes: Int32Array,
  isNew: readonly boolean[],
): void {
  const matrix = weights.get(`${head}.weight`)!.data;
  const bias = weights.get(`${head}.bias`)?.data;
  const width = features.length / classes.length;
  const column = (at: number) => Float64Array.from({ length: width }, (_, row) => matrix[row * isNew.length + at]!);
  const known = isNew.flatMap((yes, at) => (yes ? [] : [{ weight: column(at), bias: bias?.[at] ?? 0 }]));
  const usual = known.reduce((sum, { weight }) => sum + norm(weight) / known.length, 0) || 1;
  const basis: Float64Array[] = [];
  for (const { weight } of known) {
    const rest = without(weight, basis);
    if (norm(rest) > 1e-6 * usual) basis.push(scaled(rest, 1));
  }

  isNew.forEach((yes, at) => {
    const own = [...classes.keys()].filter((example) => classes[example] === at);
    if (!yes || own.length === 0) return;
    const rows = own.map((example) => features.subarray(example * width, (example + 1) * width));
    const mean = Float64Array.from(
      { length: width },
      (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length,
    );
    const rest = without(mean, basis);
    const weight = scaled(norm(rest) > EXPLAINED * norm(mean) ? rest : mean, usual);
    weight.forEach((value, row) => (matrix[row * isNew.length + at] = value));
    if (!bias) return;
    const leads = rows.map(
      (row) => dot(weight, row) - Math.max(...known.map((other) => dot(other.weight, row) + other.bias)),
    );
    bias[at] = known.length > 0 ? MARGIN - leads.reduce((a, b) => a + b) / leads.length : 0;
  });
}

/** A vector less its part along orthonormal others. */
function without(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  return basis.reduce((rest, axis) => {
    const part = dot(axis, rest);
    return rest.map((value, i) => value - part * axis[i]!);
  }, vector);
}

function scaled(vector: Float64Array, length: number): Float64Array {
  const factor = length / (norm(vector) || 1);
  return vector.map((value) => factor * value);
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
