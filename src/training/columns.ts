import { throwIfAborted } from '../errors.js';
import type { Weights } from '../models/model.js';
import { pause } from '../common/pause.js';
import { cholesky, solve } from './cholesky.js';

/** Strength of the penalty on a column's squares, of the mean square of a feature. */
const RIDGE = 1e-4;
const STEPS = 25;
const NEGLIGIBLE = 1e-9;
/** Several new classes answer to each other: so often each is fitted. */
const SWEEPS = 3;

/**
 * Fits the columns of new classes in a dense head by multinomial logistic regression, every class of the same weight, and
 * leaves the columns of known classes as they are. With these fixed, each new column is a convex problem of its own,
 * solved by damped Newton steps.
 * @param head Name of the head: weights [features, classes] and a bias.
 * @param features [N, features] of examples of new and known classes, as the head takes them, flat.
 * @param classes [N]
 * @param isNew For each class, whether its column is to be fitted; without examples it is left alone.
 * @throws {HandfulError} `aborted`; the weights are then as they were.
 */
export async function fitColumns(
  weights: Weights,
  head: string,
  features: Float32Array,
  classes: Int32Array,
  isNew: readonly boolean[],
  signal?: AbortSignal,
): Promise<void> {
  const matrix = weights.get(`${head}.weight`)!.data;
  const bias = weights.get(`${head}.bias`)!.data;
  const width = features.length / classes.length;
  const counts = new Float64Array(isNew.length);
  classes.forEach((label) => counts[label]!++);
  const present = counts.reduce((sum, count) => sum + Number(count > 0), 0);
  const rows = Array.from(classes, (label, example): Row => {
    const inputs = new Float64Array(width + 1).fill(1); // the last is what the bias is multiplied by
    inputs.set(features.subarray(example * width, (example + 1) * width));
    return { inputs, label, weight: 1 / (counts[label]! * present), known: -Infinity, logits: [] };
  });
  const fitted = [...isNew.keys()].filter((at) => isNew[at] && counts[at]! > 0);
  for (const at of isNew.keys()) {
    if (fitted.includes(at)) continue;
    const column = Float64Array.from({ length: width }, (_, i) => matrix[i * isNew.length + at]!);
    for (const row of rows) row.known = logAdd(row.known, dot(column, row.inputs) + bias[at]!);
    await pause();
    throwIfAborted(signal);
  }
  for (const row of rows) row.logits = fitted.map(() => -Infinity); // columns not fitted yet say nothing
  const columns: Float64Array[] = [];
  for (let sweep = 0; sweep < (fitted.length > 1 ? SWEEPS : 1); sweep++)
    for (const [i, at] of fitted.entries()) {
      const column = await fitColumn(rows, at, i, columns[i], signal);
      columns[i] = column;
      for (const row of rows) row.logits[i] = dot(column, row.inputs);
    }
  for (const [i, at] of fitted.entries()) {
    const column = columns[i]!;
    for (let row = 0; row < width; row++) matrix[row * isNew.length + at] = column[row]!;
    bias[at] = column[width]!;
  }
}

interface Row {
  /** Features and a 1. */
  inputs: Float64Array;
  label: number;
  /** In the loss; all add up to 1. */
  weight: number;
  /** Log of the summed exponentials of the logits of classes whose columns stay. */
  known: number;
  /** Of the classes that are fitted, as their columns are now. */
  logits: number[];
}

/**
 * The weights and, last, the bias of one class, where the logits of all others stay as they are.
 * @param at Its place among all classes. @param own Its place among those that are fitted.
 */
async function fitColumn(
  rows: readonly Row[],
  at: number,
  own: number,
  start: Float64Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const size = rows[0]!.inputs.length;
  const examples = rows.map(({ inputs, label, weight, known, logits }) => ({
    inputs,
    isOwn: label === at,
    weight,
    others: logits.reduce((sum, logit, other) => (other === own ? sum : logAdd(sum, logit)), known),
  }));
  const square = examples.reduce(
    (sum, { inputs, weight }) => sum + (weight * (dot(inputs, inputs) - 1)) / (size - 1),
    0,
  );
  const penalty = new Float64Array(size).fill(RIDGE * square);
  penalty[size - 1] = 0;
  const loss = (column: Float64Array): number => {
    const leads = examples.map(({ inputs, others }) => dot(column, inputs) - others);
    const surprise = examples.map(({ isOwn, weight }, i) => weight * softplus(isOwn ? -leads[i]! : leads[i]!));
    return surprise.reduce((a, b) => a + b) + column.reduce((sum, value, i) => sum + (penalty[i]! / 2) * value ** 2, 0);
  };

  let column = start ?? new Float64Array(size);
  if (!start) column[size - 1] = examples.reduce((sum, { weight, others }) => sum + weight * others, 0);
  let before = loss(column);
  for (let step = 0; step < STEPS; step++) {
    await pause();
    throwIfAborted(signal);
    const gradient = column.map((value, i) => penalty[i]! * value);
    const hessian = new Float64Array(size * size);
    for (let i = 0; i < size; i++) hessian[i * size + i] = penalty[i]!;
    for (const { inputs, isOwn, weight, others } of examples) {
      const probability = 1 / (1 + Math.exp(others - dot(column, inputs)));
      const [slope, curve] = [weight * (probability - Number(isOwn)), weight * probability * (1 - probability)];
      for (let i = 0; i < size; i++) {
        gradient[i]! += slope * inputs[i]!;
        const factor = curve * inputs[i]!;
        if (factor < NEGLIGIBLE && factor > -NEGLIGIBLE) continue; // most examples are far from being in doubt
        for (let j = 0; j <= i; j++) hessian[i * size + j]! += factor * inputs[j]!;
      }
    }
    const newton = solve(cholesky(hessian, size), gradient);
    let after = before;
    for (let factor = 1; factor > 1e-3 && after >= before; factor /= 2) {
      const next = column.map((value, i) => value - factor * newton[i]!);
      after = loss(next);
      if (after < before) column = next;
    }
    if (!(after < 0.999 * before)) break;
    before = after;
  }
  return column;
}

/** Of a column, perhaps with its bias, and the inputs of a row. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const softplus = (value: number): number => (value > 30 ? value : Math.log1p(Math.exp(value)));

/** Of two logarithms, that of the sum. */
function logAdd(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
}
