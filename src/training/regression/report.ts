import type { RegressionReport } from '../../types.js';
import type { TrainResult } from '../loop/trainer.js';
import { inUnit } from './target-scale.js';
import type { TargetScale } from './target-scale.js';

type Measured = Omit<RegressionReport, 'stopped' | 'bestEpoch' | 'history' | 'note'>;

/** The report of a training on standardised targets, in the unit of the targets. */
export function reportOn(result: TrainResult, scale: TargetScale, measured: Measured): RegressionReport {
  const { stopped, bestEpoch } = result;
  const history = result.history.map(({ epoch, learningRate, seconds, loss, validationLoss }) => ({
    ...{ epoch, learningRate, seconds, loss: inUnit(loss, scale) },
    ...(validationLoss !== undefined && { validationLoss: inUnit(validationLoss, scale) }),
  }));
  const report = { ...measured, stopped, bestEpoch, history };
  return { ...report, note: explain(report) };
}

/** What was done, in sentences for people. */
function explain({
  before,
  after,
  kept,
  measuredOn,
  measuredSamples,
  stopped,
  bestEpoch,
}: Omit<RegressionReport, 'note'>): string {
  const say = ({ loss }: { loss: number }) => loss.toPrecision(3);
  const samples = `${measuredSamples} ${measuredSamples === 1 ? 'sample' : 'samples'}`;
  const sentences = [
    `On ${samples} ${measuredOn === 'validation' ? 'held back' : 'learned from, which flatters'}: ` +
      `a mean squared error of ${say(before)} before, ${say(after)} after.`,
  ];
  if (kept === 'original') sentences.push('That is no better, so the original weights were kept.');
  if (stopped === 'diverged')
    sentences.push('The loss stopped being a finite number; the last good weights were restored.');
  if (stopped === 'early') sentences.push(`Stopped early; epoch ${bestEpoch} was the best.`);
  return sentences.join(' ');
}
