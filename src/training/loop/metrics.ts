import { argMax } from '../../common/arg-max.js';
import { badModel } from '../../common/messages.js';
import type { Evaluation, Score } from '../../types.js';
import { byClass, rows } from './dataset.js';

/** @throws {HandfulError} `bad-model` for logits that tell nothing. */
export function checkAnswers(logits: Float32Array): Float32Array {
  if (logits.every(Number.isFinite)) return logits;
  return badModel("The network's answers are not finite numbers: its weights, or the inputs, are too large.");
}

/** Softmax of one row of logits, each divided by `temperature`. */
export function softmax(logits: ArrayLike<number>, start = 0, length = logits.length, temperature = 1): number[] {
  const row = Array.from({ length }, (_, i) => (logits[start + i] ?? NaN) / temperature);
  const greatest = row[argMax(row)] ?? NaN;
  const powers = row.map((logit) => Math.exp(logit - greatest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** Cross-entropy of one row of logits in nats. */
export function crossEntropy(logits: ArrayLike<number>, truth: number, start: number, length: number): number {
  let greatest = -Infinity;
  for (let i = 0; i < length; i++) greatest = Math.max(greatest, logits[start + i] ?? NaN);
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.exp((logits[start + i] ?? NaN) - greatest);
  return Math.log(sum) + greatest - (logits[start + truth] ?? NaN);
}

/**
 * Accuracy and loss of many answers.
 * @param logits [N, width], flat.
 * @param classes [N]
 */
export function score(logits: Float32Array, classes: Int32Array): Score {
  const width = logits.length / classes.length;
  let right = 0;
  let loss = 0;
  classes.forEach((truth, i) => {
    if (argMax(logits, i * width, width) === truth) right++;
    loss += crossEntropy(logits, truth, i * width, width);
  });
  return { accuracy: right / classes.length, loss: loss / classes.length };
}

/** The same where every class counts alike, however many examples it has: the mean over the classes that there are. */
export function balancedScore(logits: Float32Array, classes: Int32Array): Score {
  const width = logits.length / classes.length;
  const scores = [...byClass(classes).values()].map((own) =>
    score(
      rows(logits, width, own),
      Int32Array.from(own, (index) => classes[index] ?? 0),
    ),
  );
  const mean = (name: keyof Score) => scores.reduce((sum, each) => sum + each[name], 0) / scores.length;
  return { accuracy: mean('accuracy'), loss: mean('loss') };
}

/** Over all values. @param outputs [N, outputs], flat, as `targets` is. */
export function meanSquaredError(outputs: Float32Array, targets: Float32Array): number {
  return outputs.reduce((sum, output, i) => sum + (output - (targets[i] ?? NaN)) ** 2, 0) / outputs.length;
}

/** The better of two scores has the higher accuracy or, at the same accuracy, the lower loss. */
export function isBetter(a: Score, b: Score): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss);
}

/** Everything about how well `labels` were told apart. */
export function evaluation(logits: Float32Array, classes: Int32Array, labels: readonly string[]): Evaluation {
  const rows = labels.map((label) => ({ label, answers: new Array<number>(labels.length).fill(0), right: 0 }));
  const misclassified: number[] = [];
  classes.forEach((truth, i) => {
    const answer = argMax(logits, i * labels.length, labels.length);
    const row = rows[truth];
    if (!row) return;
    row.answers[answer] = (row.answers[answer] ?? 0) + 1;
    if (answer === truth) row.right++;
    else misclassified.push(i);
  });
  const perClass = rows.map(({ label, answers, right }) => {
    const samples = answers.reduce((a, b) => a + b, 0);
    return { label, samples, accuracy: samples ? right / samples : 0 };
  });
  const confusion = rows.map(({ answers }) => answers);
  return { ...score(logits, classes), samples: classes.length, perClass, confusion, misclassified };
}
