import type { FineTuneReport } from '../types.js';
import { sayScore } from './recipe.js';

interface Circumstances {
  samples: number;
  /** The share to hold back that the caller asked for. */
  asked: number | undefined;
  /** Known labels without samples. */
  forgotten: readonly string[];
  /** New labels without samples. */
  untaught: readonly string[];
  /** New classes found their place beside what the network remembers of the others. */
  recalls: boolean;
  /** All samples were read right before. */
  isMastered: boolean;
  /** More than columns of the head was learned. */
  isTrained: boolean;
  /** What was held back was learned from in the end. */
  refit: boolean;
}

/** What a fine-tune did, in sentences for people. */
export function explain(
  report: FineTuneReport,
  { samples, asked, forgotten, untaught, recalls, isMastered, isTrained, refit }: Circumstances,
): string {
  if (isMastered) return `All ${samples} samples were read right already, so the weights were left as they are.`;
  const { before, after, measuredOn, measuredSamples, kept } = report;
  const change = `${sayScore(before)} before, ${sayScore(after)} after`;
  const few = asked === undefined ? `${count(samples)} too few to hold any back` : 'Nothing was held back';
  const sentences = [
    measuredOn === 'validation'
      ? `On ${measuredSamples} ${measuredSamples === 1 ? 'sample' : 'samples'} held back: ${change}.`
      : `${few}, so these figures are of the samples learned from, and flatter: ${change}.`,
  ];
  if (refit) sentences.push('The weights that were kept have then learned from these too.');
  if (kept === 'original') sentences.push('That is no better, so the original weights were kept.');
  if (report.stopped === 'diverged')
    sentences.push('The loss stopped being a finite number; the last good weights were restored.');
  if (kept === 'tuned' && recalls)
    sentences.push('Each new class found its place in the head beside what the network remembers of those it knew.');
  else if (kept === 'tuned' && !isTrained)
    sentences.push('Each new class was made of the mean features of its samples, a prototype; nothing else learned.');
  if (report.stopped === 'early') sentences.push(`Stopped early; epoch ${report.bestEpoch} was the best.`);
  if (kept === 'tuned' && forgotten.length > 0 && (isTrained || !recalls))
    sentences.push(`There were no samples of ${forgotten.join(', ')}, which may be read worse now; add a few of each.`);
  if (kept === 'tuned' && untaught.length > 0)
    sentences.push(`There were no samples of ${untaught.join(', ')}, which cannot be the answer until there are some.`);
  return sentences.join(' ');
}

const count = (samples: number): string => (samples === 1 ? '1 sample is' : `${samples} samples are`);
