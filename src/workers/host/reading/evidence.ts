import type { Pieces } from '../../../preprocess/characters/pieces.js';
import type { Candidate } from './lattice.js';
import { boxesOf, widestGap } from './lattice.js';

/** What a network says of a candidate, or what its place and shape say. */
export interface Heard {
  label: string;
  /** The label's, 0 to 1. */
  probability: number;
  /** In the order of the network's labels. */
  probabilities: number[];
  /** How far beyond the detector's threshold it is, in logits; above 0 it is unfamiliar. */
  strangeness: number;
  /** It is a mark such as a point, which is as small as marks are. */
  isMark?: boolean;
}

/** How wide digits are, the logarithm of width by height: mean and deviation, over the people who chose. */
const WIDTHS: Partial<Record<string, readonly [mean: number, deviation: number]>> = {
  '0': [-0.16, 0.24],
  '1': [-1.05, 0.65],
  '2': [-0.27, 0.24],
  '3': [-0.51, 0.19],
  '4': [-0.67, 0.32],
  '5': [-0.26, 0.23],
  '6': [-0.63, 0.22],
  '7': [-0.43, 0.24],
  '8': [-0.65, 0.24],
  '9': [-0.54, 0.21],
};

/** What speaks for and against a candidate's being one character, each to be weighed. */
export function evidence({ pieces, height, pen }: Pieces, candidate: Candidate, heard: Heard) {
  const { pieces: own, box } = candidate;
  const { label, probability, strangeness, isMark = false } = heard;
  const [width, tallness] = [box.right - box.left, box.bottom - box.top];
  const [mean, deviation] = WIDTHS[label] ?? [0, Infinity];
  const aspect = Math.log(Math.max(width - pen, tallness / 20) / Math.max(tallness - pen, tallness / 20));
  const size = Math.log(Math.max(tallness / height, 0.1));
  let [overlap, apart] = [0, 0.3];
  for (const [i, other] of pieces.entries()) {
    if (own.includes(i)) continue;
    const shared = (Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)) / height;
    overlap = Math.max(overlap, shared);
    apart = Math.min(apart, -shared);
  }
  const cuts = own.flatMap((i) => {
    const cut = pieces[i]?.cut;
    return cut && !own.includes(cut.from) ? cut.ink : [];
  });
  const shape = isMark
    ? { tall: 0, short: 0, wide: 0, wideForLabel: 0 }
    : {
        tall: Math.max(0, size - 0.2),
        short: Math.max(0, -size - 0.2),
        wide: Math.max(0, width / height - 0.8),
        wideForLabel: Math.max(0, Math.min(4, tallness > 0 ? (aspect - mean) / deviation : 0)),
      };
  return {
    /** One for each character, so that the number of them counts. */
    character: 1,
    /** Logarithms of the label's probability, and of that of being familiar. */
    label: Math.max(-6, Math.log(probability)),
    familiar: -Math.log1p(Math.exp(Math.min(12, strangeness))),
    unfamiliar: strangeness > 0 ? 1 : 0,
    /** Beyond the usual height, in logarithms; beyond the usual width, in heights; and wider than others of its label. */
    ...shape,
    /** The widest gap within it, what it shares of the line with other ink, and how far that is off, in heights. */
    gap: Math.min(0.5, widestGap(boxesOf(pieces, own)) / height),
    overlap: Math.min(1, overlap),
    apart: Math.max(0, apart),
    /** How often it was cut off from what is before it, and through how much ink, in widths of the pen. */
    cuts: cuts.length,
    cutInk: Math.min(
      6,
      cuts.reduce((sum, ink) => sum + ink, 0),
    ),
  };
}

export type Evidence = ReturnType<typeof evidence>;

/** What all this weighs, in logits. */
export function scoreOf(found: Evidence, weights: Readonly<Evidence>): number {
  let score = 0;
  for (const name in found) score += found[name as keyof Evidence] * weights[name as keyof Evidence];
  return score;
}
