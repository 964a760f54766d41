import type { Weights } from '../../models/model.js';
import { byClass } from '../loop/dataset.js';
import { dot, norm, readColumn, scaled, writeColumn } from './vectors.js';

/** By how much a new class beats those known on its own examples, on average, in nats. */
const MARGIN = 3;

/** If less of a mean than this share is left beside the known classes, these span all features, and it is rounding. */
const EXPLAINED = 1e-3;

/** A class that the head knows: its weights and its bias. */
interface KnownClass {
  weight: Float64Array;
  bias: number;
}

/**
 * Makes weights of new classes in a dense head from the mean features of their examples (prototypes: Snell et al. 2017).
 * Beside known classes a prototype is only what these do not explain, the part of the mean at right angles to their
 * weights and as long as they are, so that their own examples stay theirs.
 * @param head Name of the head: weights [features, classes], perhaps a bias.
 * @param features [N, features] of the examples, as the head takes them, flat.
 * @param classes [N]
 * @param isNew For each class, whether its weights are to be made; without examples they are left alone.
 */
export function writePrototypes(
  weights: Weights,
  head: string,
  features: Float32Array,
  classes: Int32Array,
  isNew: readonly boolean[],
): void {
  const matrix = weights.get(`${head}.weight`)?.data;
  const bias = weights.get(`${head}.bias`)?.data;
  if (!matrix) return;
  const width = features.length / classes.length;
  const known = isNew.flatMap((yes, at): KnownClass[] =>
    yes ? [] : [{ weight: readColumn(matrix, isNew.length, at), bias: bias?.[at] ?? 0 }],
  );
  const usual = known.reduce((sum, { weight }) => sum + norm(weight) / known.length, 0) || 1;
  const basis = orthonormal(known, usual);
  for (const [at, own] of byClass(classes)) {
    if (!isNew[at]) continue;
    const rows = own.map((example) => features.subarray(example * width, (example + 1) * width));
    const mean = meanOf(rows);
    const rest = without(mean, basis);
    const weight = scaled(norm(rest) > EXPLAINED * norm(mean) ? rest : mean, usual);
    writeColumn(matrix, isNew.length, at, weight);
    if (bias) bias[at] = known.length > 0 ? MARGIN - meanLead(weight, rows, known) : 0;
  }
}

/** Directions of length 1, at right angles to each other, that span what the known classes' weights do. */
function orthonormal(known: readonly KnownClass[], usual: number): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const { weight } of known) {
    const rest = without(weight, basis);
    if (norm(rest) > 1e-6 * usual) basis.push(scaled(rest, 1));
  }
  return basis;
}

/** By how much a class without bias beats the best of those known, on average. */
function meanLead(weight: Float64Array, rows: readonly Float32Array[], known: readonly KnownClass[]): number {
  const leads = rows.map(
    (row) => dot(weight, row) - Math.max(...known.map((other) => dot(other.weight, row) + other.bias)),
  );
  return leads.reduce((a, b) => a + b) / leads.length;
}

function meanOf(rows: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) row.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
  return sum.map((value) => value / rows.length);
}

/** A vector less its part along orthonormal others. */
function without(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  return basis.reduce((rest, axis) => {
    const part = dot(axis, rest);
    return rest.map((value, i) => value - part * (axis[i] ?? 0));
  }, vector);
}
