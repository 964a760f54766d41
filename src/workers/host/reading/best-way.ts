import type { Edge } from './lattice.js';

/** A way through a lattice. */
export interface Way {
  /** In the order of the way. */
  candidates: number[];
  /** Its probability among all ways over the same edges. */
  probability: number;
}

/**
 * The way of the greatest sum of scores from the first place to the last, by dynamic programming (Viterbi), and how
 * probable it is if scores are logits (a semi-Markov conditional random field).
 * @param edges Sorted by where they end, which is after where they begin.
 * @param length The last place.
 * @param count How many candidates the way has; if none has so many, the nearest number there can be.
 */
export function bestWay(edges: readonly Edge[], length: number, scores: readonly number[], count?: number): Way {
  const layers = count === undefined ? 1 : Math.min(count, length) + 1;
  // Without a count all ways end in one layer; with one, a way of n candidates ends in layer n.
  const next = (layer: number) => (count === undefined ? 0 : layer + 1);
  const place = (at: number, layer: number) => at * layers + layer;
  const best = new Float64Array((length + 1) * layers).fill(-Infinity);
  const sums = new Float64Array(best.length).fill(-Infinity);
  const last: (Edge | undefined)[] = [];
  best[0] = sums[0] = 0;
  for (const edge of edges)
    for (let layer = 0; next(layer) < layers; layer++) {
      const [from, to] = [place(edge.from, layer), place(edge.to, next(layer))];
      const score = scores[edge.candidate] ?? -Infinity;
      sums[to] = logSum(sums[to] ?? 0, (sums[from] ?? 0) + score);
      if ((best[from] ?? 0) + score > (best[to] ?? 0)) {
        best[to] = (best[from] ?? 0) + score;
        last[to] = edge;
      }
      if (count === undefined) break;
    }
  let layer = layers - 1;
  while (layer > 0 && best[place(length, layer)] === -Infinity) layer--;
  const end = place(length, layer);
  if (count !== undefined && best[end] === -Infinity) return bestWay(edges, length, scores); // there are more than that
  const candidates: number[] = [];
  for (let at = length, on = layer; at > 0;) {
    const edge = last[place(at, on)];
    if (!edge) break;
    candidates.unshift(edge.candidate);
    at = edge.from;
    if (count !== undefined) on--;
  }
  return { candidates, probability: Math.exp((best[end] ?? 0) - (sums[end] ?? 0)) };
}

/** log(exp(a) + exp(b)) */
function logSum(a: number, b: number): number {
  const [more, less] = a > b ? [a, b] : [b, a];
  return less === -Infinity ? more : more + Math.log1p(Math.exp(less - more));
}
