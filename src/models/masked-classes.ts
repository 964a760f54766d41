import { badModel, quote } from '../common/messages.js';
import type { Model, Weights } from './model.js';

/** How far below the best answer a masked class is put: its probability is 0 at any temperature, its loss finite. */
const GAP = 1e6;

/** Keeps classes that were never taught from being the answer. @param logits [N, labels], flat, changed in place. */
export function maskLogits(
  logits: Float32Array,
  { labels, untaught = [] }: Pick<Model, 'labels' | 'untaught'>,
): Float32Array {
  if (untaught.length === 0) return logits;
  const masked = untaught.map((label) => labels.indexOf(label));
  for (let start = 0; start < logits.length; start += labels.length) {
    const row = logits.subarray(start, start + labels.length);
    for (const at of masked) row[at] = -Infinity;
    const best = row.reduce((a, b) => Math.max(a, b));
    for (const at of masked) row[at] = best - GAP;
  }
  return logits;
}

/** The bias that files give to a masked class, whose weights are 0, for readers that know nothing of masks. */
export const MASKED_BIAS = -1000;

/**
 * Labels of classes that were never taught, in a file from before there were masks: it is by the bias alone that they
 * show.
 */
export function untaughtByBias(weights: Weights, head: string, labels: readonly string[]): string[] {
  const bias = weights.get(`${head}.bias`)?.data;
  return labels.filter((_, at) => bias?.[at] === MASKED_BIAS);
}

/** In a model file's metadata: places among the labels, so that labels may be renamed. */
export function encodeUntaught({ labels, untaught = [] }: Pick<Model, 'labels' | 'untaught'>): string {
  return JSON.stringify(untaught.map((label) => labels.indexOf(label)));
}

/** @throws {HandfulError} `bad-model` for what are no places among the labels, or all of them. */
export function decodeUntaught(value: unknown, labels: readonly string[]): string[] {
  const places = new Set(Array.isArray(value) ? (value as unknown[]) : [undefined]);
  const untaught = labels.filter((_, at) => places.has(at));
  if (untaught.length === places.size && untaught.length < labels.length) return untaught;
  return badModel(
    `The model file's untaught classes are places among its ${labels.length} labels, not all of them; got ${quote(value)}.`,
  );
}
