import type { FineTuneReport, Score } from '../../types.js';
import type { Outcome } from './carry-out.js';
import type { FineTuningPlan } from './decide.js';
import type { Facts } from './facts.js';
import { originalOf } from './result.js';
import type { Run } from './run.js';

/** What a fine-tune did, for the caller. @param seconds How long it took. */
export function reportOn(plan: FineTuningPlan, outcome: Outcome, run: Run, seconds: number): FineTuneReport {
  const { context, features, before, measured } = run;
  const { facts, options, labels } = context;
  const { kept, after, stopped, bestEpoch, history } = outcome;
  const report: FineTuneReport = {
    kept,
    before,
    after,
    measuredOn: features.validation ? 'validation' : 'training',
    measuredSamples: measured.classes.length,
    head: kept === 'tuned' ? facts.head : 'kept',
    layers: plan.kind === 'new-classes' ? 'head' : plan.settings.layers,
    labels: [...(kept === 'tuned' ? labels : originalOf(context).labels)],
    stopped,
    bestEpoch,
    history,
    seconds,
    note: '',
  };
  const isAsked = options.validation !== undefined;
  return { ...report, note: explain(plan, report, facts, { isAsked, isRefit: outcome.isRefit }) };
}

/** A fine-tune in sentences. @param details.isAsked The caller said what to hold back. */
function explain(
  { kind }: FineTuningPlan,
  report: FineTuneReport,
  facts: Facts,
  { isAsked, isRefit }: { isAsked: boolean; isRefit: boolean },
): string {
  if (kind === 'already-solved')
    return `All ${facts.samples} samples were read right already, so the weights were left as they are.`;
  const sentences = [measured(report, facts, isAsked)];
  if (isRefit) sentences.push('The weights that were kept have then learned from these too.');
  if (report.kept === 'original') sentences.push('That is no better, so the original weights were kept.');
  if (report.stopped === 'diverged')
    sentences.push('The loss stopped being a finite number; the last good weights were restored.');
  if (report.kept === 'tuned' && facts.replays && facts.head === 'replaced')
    sentences.push('Each class has its place by the mean of its samples, among features that tell symbols apart.');
  else if (report.kept === 'tuned' && facts.replays)
    sentences.push('Each new class found its place in the head beside what the network remembers of those it knew.');
  else if (report.kept === 'tuned' && kind === 'new-classes')
    sentences.push('Each new class was made of the mean features of its samples, a prototype; nothing else learned.');
  if (report.stopped === 'early') sentences.push(`Stopped early; epoch ${report.bestEpoch} was the best.`);
  if (report.kept === 'tuned') sentences.push(...missing(facts, kind));
  return sentences.join(' ');
}

/** What was better or worse, and how that was measured. */
function measured(report: FineTuneReport, { samples }: Facts, isAsked: boolean): string {
  const { before, after, measuredOn, measuredSamples } = report;
  const change = `${sayScore(before)} before, ${sayScore(after)} after`;
  if (measuredOn === 'validation')
    return `On ${measuredSamples} ${measuredSamples === 1 ? 'sample' : 'samples'} held back: ${change}.`;
  const few = samples === 1 ? '1 sample is too few' : `${samples} samples are too few`;
  const why = isAsked ? 'Nothing was held back' : `${few} to hold any back`;
  return `${why}, so these figures are of the samples learned from, and flatter: ${change}.`;
}

/** What labels without samples mean. */
function* missing({ absentLabels, maskedLabels, replays }: Facts, kind: FineTuningPlan['kind']): Generator<string> {
  if (absentLabels.length > 0 && !(kind === 'new-classes' && replays))
    yield `There were no samples of ${absentLabels.join(', ')}, which may be read worse now; add a few of each.`;
  if (maskedLabels.length > 0)
    yield `There were no samples of ${maskedLabels.join(', ')}, which cannot be the answer until there are some.`;
}

/** A score for people. */
export function sayScore({ accuracy, loss }: Score): string {
  return `${(100 * accuracy).toFixed(1)} % (loss ${loss.toFixed(3)})`;
}
