import { pause } from '../../common/pause.js';
import { throwIfAborted } from '../../errors.js';
import type { Weights } from '../../models/model.js';
import { countClasses } from '../loop/dataset.js';
import { cholesky, solve } from './cholesky.js';
import { addScaled, dot, readColumn, writeColumn } from './vectors.js';

/** Strength of the penalty on the squares of a class's weights, of the mean square of a feature. */
const RIDGE = 1e-4;
const STEPS = 25;
const NEGLIGIBLE = 1e-9;
/** Several new classes answer to each other: so often each is fitted. */
const SWEEPS = 3;

interface Example {
  /** Features and a 1, by which the bias is multiplied. */
  inputs: Float64Array;
  label: number;
  /** In the loss; all add up to 1. */
  weight: number;
  /** Log of the summed exponentials of the logits of classes whose weights stay. */
  known: number;
  /** Of the classes that are fitted, as their weights are now. */
  logits: number[];
}

/**
 * Fits the weights of new classes in a dense head by multinomial logistic regression, every class of the same weight, and
 * leaves those of known classes as they are. With these fixed, each new class is a convex problem of its own, solved by
 * damped Newton steps.
 * @param head Name of the head: weights [features, classes] and a bias.
 * @param features [N, features] of examples of new and known classes, as the head takes them, flat.
 * @param classes [N]
 * @param isNew For each class, whether its weights are to be fitted; without examples they are left alone.
 * @throws {HandfulError} `aborted`; the weights are then as they were.
 */
export async function fitClassWeights(
  weights: Weights,
  head: string,
  features: Float32Array,
  classes: Int32Array,
  isNew: readonly boolean[],
  signal?: AbortSignal,
): Promise<void> {
  const matrix = weights.get(`${head}.weight`)?.data;
  const bias = weights.get(`${head}.bias`)?.data;
  if (!matrix || !bias) return;
  const counts = countClasses(classes, isNew.length);
  const examples = weighted(features, classes, counts);
  const isFitted = isNew.map((yes, at) => yes && Boolean(counts[at]));
  for (const [at, yes] of isFitted.entries()) {
    if (yes) continue;
    const classWeights = readColumn(matrix, isNew.length, at);
    const offset = bias[at] ?? 0;
    for (const each of examples) each.known = logAdd(each.known, dot(classWeights, each.inputs) + offset);
    await pause();
    throwIfAborted(signal);
  }
  const fitted = await fitInTurns(
    examples,
    isFitted.flatMap((yes, at) => (yes ? [at] : [])),
    signal,
  );
  for (const [at, classWeights] of fitted) {
    writeColumn(matrix, isNew.length, at, classWeights.subarray(0, -1));
    bias.set(classWeights.subarray(-1), at);
  }
}

/** Examples such that each class counts as much as every other. */
function weighted(features: Float32Array, classes: Int32Array, counts: Float64Array): Example[] {
  const width = features.length / classes.length;
  const present = counts.filter((count) => count > 0).length;
  return Array.from(classes, (label, example): Example => {
    const inputs = new Float64Array(width + 1).fill(1);
    inputs.set(features.subarray(example * width, (example + 1) * width));
    return { inputs, label, weight: 1 / ((counts[label] ?? 1) * present), known: -Infinity, logits: [] };
  });
}

/** The weights of each new class and, last, its bias: fitted one after the other, several times if there are several. */
async function fitInTurns(
  examples: readonly Example[],
  classes: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Map<number, Float64Array>> {
  for (const each of examples) each.logits = classes.map(() => -Infinity); // classes not fitted yet say nothing
  const fitted = new Map<number, Float64Array>();
  for (let sweep = 0; sweep < (classes.length > 1 ? SWEEPS : 1); sweep++)
    for (const [place, at] of classes.entries()) {
      const classWeights = await fitClass(examples, at, place, fitted.get(at), signal);
      fitted.set(at, classWeights);
      for (const each of examples) each.logits[place] = dot(classWeights, each.inputs);
    }
  return fitted;
}

/** What an example has to say on one class. */
interface Evidence {
  inputs: Float64Array;
  weight: number;
  isOwn: boolean;
  /** Log of the summed exponentials of all other classes' logits. */
  others: number;
}

/**
 * The weights and, last, the bias of one class, where the logits of all others stay as they are.
 * @param at Its place among all classes. @param place Its place among those that are fitted.
 */
async function fitClass(
  examples: readonly Example[],
  at: number,
  place: number,
  start: Float64Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const evidence = examples.map(({ inputs, label, weight, known, logits }): Evidence => {
    const others = logits.reduce((sum, logit, other) => (other === place ? sum : logAdd(sum, logit)), known);
    return { inputs, weight, isOwn: label === at, others };
  });
  const size = examples[0]?.inputs.length ?? 0;
  const square = evidence.reduce(
    (sum, { inputs, weight }) => sum + (weight * (dot(inputs, inputs) - 1)) / (size - 1),
    0,
  );
  const penalty = new Float64Array(size).fill(RIDGE * square, 0, size - 1); // none on the bias
  let classWeights = start ?? new Float64Array(size);
  if (!start) classWeights[size - 1] = evidence.reduce((sum, { weight, others }) => sum + weight * others, 0);
  let before = loss(classWeights, evidence, penalty);
  for (let step = 0; step < STEPS; step++) {
    await pause();
    throwIfAborted(signal);
    const direction = newtonStep(classWeights, evidence, penalty);
    let after = before;
    for (let factor = 1; factor > 1e-3 && after >= before; factor /= 2) {
      const next = classWeights.map((value, i) => value - factor * (direction[i] ?? 0));
      after = loss(next, evidence, penalty);
      if (after < before) classWeights = next;
    }
    if (!(after < 0.999 * before)) break;
    before = after;
  }
  return classWeights;
}

function loss(classWeights: Float64Array, evidence: readonly Evidence[], penalty: Float64Array): number {
  const surprise = evidence.map(({ inputs, weight, isOwn, others }) => {
    const lead = dot(classWeights, inputs) - others;
    return weight * softplus(isOwn ? -lead : lead);
  });
  const penalised = classWeights.reduce((sum, value, i) => sum + ((penalty[i] ?? 0) / 2) * value ** 2, 0);
  return surprise.reduce((a, b) => a + b) + penalised;
}

/** What a whole Newton step takes away from a class's weights. */
function newtonStep(classWeights: Float64Array, evidence: readonly Evidence[], penalty: Float64Array): Float64Array {
  const size = classWeights.length;
  const gradient = classWeights.map((value, i) => (penalty[i] ?? 0) * value);
  const hessian = new Float64Array(size * size);
  penalty.forEach((value, i) => (hessian[i * size + i] = value));
  for (const { inputs, weight, isOwn, others } of evidence) {
    const probability = 1 / (1 + Math.exp(others - dot(classWeights, inputs)));
    const [slope, curve] = [weight * (probability - Number(isOwn)), weight * probability * (1 - probability)];
    addScaled(gradient, 0, slope, inputs, size);
    inputs.forEach((input, i) => {
      const factor = curve * input;
      if (factor < NEGLIGIBLE && factor > -NEGLIGIBLE) return; // most examples are far from being in doubt
      addScaled(hessian, i * size, factor, inputs, i + 1);
    });
  }
  return solve(cholesky(hessian, size), gradient);
}

const softplus = (value: number): number => (value > 30 ? value : Math.log1p(Math.exp(value)));

/** Of two logarithms, that of the sum. */
function logAdd(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
}
