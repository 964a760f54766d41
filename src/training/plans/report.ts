import type { FineTuneReport, SampleWarning, Score } from '../../types.js';
import type { Outcome } from './carry-out.js';
import type { FineTuningPlan } from './decide.js';
import type { Facts } from './facts.js';
import { originalOf } from './result.js';
import type { Run } from './run.js';

/** Of fewer samples the number says more than a share. */
const MANY = 100;

/** What a fine-tune did, for the caller. @param found What looks wrong in the samples, and how long it took. */
export function reportOn(
  plan: FineTuningPlan,
  outcome: Outcome,
  run: Run,
  found: { warnings: SampleWarning[]; seconds: number },
): FineTuneReport {
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
    ...found,
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
function measured(report: FineTuneReport, facts: Facts, isAsked: boolean): string {
  const { before, after, measuredOn, measuredSamples } = report;
  const say = (score: Score) => sayScore(score, measuredSamples, facts);
  const change = `${say(before)} before, ${say(after)} after`;
  if (measuredOn === 'validation') return `On ${counted(measuredSamples)} held back: ${change}.`;
  const why = isAsked ? 'Nothing was held back' : tooFew(facts);
  return `${why}, so these figures are of the ${counted(measuredSamples)} learned from, and flatter: ${change}.`;
}

/** Why nothing was held back. */
function tooFew({ samples, distinct, present }: Facts): string {
  if (distinct < samples && samples >= 5 * present)
    return `${counted(samples)} of ${distinct} drawings are too few to hold any back`;
  if (samples === present && samples > 1) return 'One sample of each label leaves none to hold back';
  if (samples >= MANY) return `${counted(samples)} of ${present} labels are too few of each to hold any back`;
  return `${counted(samples)} ${samples === 1 ? 'is' : 'are'} too few to hold any back`;
}

const counted = (samples: number): string => `${samples} ${samples === 1 ? 'sample' : 'samples'}`;

/** What labels without samples mean. */
function* missing({ absentLabels, maskedLabels, replays }: Facts, kind: FineTuningPlan['kind']): Generator<string> {
  if (absentLabels.length > 0 && !(kind === 'new-classes' && replays))
    yield `There were no samples of ${absentLabels.join(', ')}, which may be read worse now; add a few of each.`;
  if (maskedLabels.length > 0)
    yield `There were no samples of ${maskedLabels.join(', ')}, which cannot be the answer until there are some.`;
}

/** A score for people: of few samples how many were right, of others the share. */
export function sayScore({ accuracy, loss }: Score, samples: number, { isUneven }: Pick<Facts, 'isUneven'>): string {
  const share = `${(100 * accuracy).toFixed(1)} %`;
  if (isUneven) return `${share} with each label counted alike (loss ${loss.toFixed(3)})`;
  const right = samples < MANY ? `${Math.round(accuracy * samples)} of ${samples} right, ${share}` : share;
  return `${right} (loss ${loss.toFixed(3)})`;
}
