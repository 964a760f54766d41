// What a session of a classifier can be asked.

import { maskLogits } from '../../models/masked-classes.js';
import { classIndices } from '../../training/loop/dataset.js';
import { fineTune } from '../../training/finetune.js';
import { checkAnswers, evaluation } from '../../training/loop/metrics.js';
import type { Evaluation, FineTuneReport, Prediction } from '../../types.js';
import { answered, rejected, seen } from './answers.js';
import { decodeAll, inputName } from './decode.js';
import { inferJudged } from './out-of-distribution.js';
import { outputsOf } from './outputs.js';
import type { AskOptions, TeachOptions, WireInput, WireSample } from '../protocol.js';
import type { Running } from './queue.js';
import type { Learned, Session } from './session.js';
import { tuningTask } from './tuning-task.js';

export async function predict(
  session: Session,
  { signal }: Running,
  inputs: WireInput[],
  { image = false, reject = true }: AskOptions,
): Promise<Prediction[]> {
  const { model } = session;
  const { values, prepared } = await decodeAll(inputs, model, { name: inputName(inputs), signal });
  const { logits, isUnfamiliar } = await session.answer(inputs.length, (network) =>
    inferJudged(network, reject ? model.detector : undefined, values, inputs.length, signal),
  );
  maskLogits(checkAnswers(logits), model);
  return prepared.map((input, i) => {
    const why = input.blank ? 'blank' : isUnfamiliar(i) && 'unfamiliar';
    const answer = why ? rejected(why, model) : answered(logits, i, model);
    return image ? { ...answer, image: seen(input, model) } : answer;
  });
}

export async function evaluate(session: Session, running: Running, samples: WireSample[]): Promise<Evaluation> {
  const { model } = session;
  const { labels } = model;
  const classes = classIndices(labelsOf(samples), labels, 'Sample');
  return evaluation(maskLogits(checkAnswers(await outputsOf(session, samples, running)), model), classes, labels);
}

export async function learn(
  session: Session,
  running: Running,
  samples: WireSample[],
  options: TeachOptions,
): Promise<Learned<FineTuneReport>> {
  const task = await tuningTask(session, running, { samples, options }, (samples) => ({ labels: labelsOf(samples) }));
  const tuned = await session.learn(() => fineTune(task));
  return { ...tuned, history: tuned.report.history };
}

const labelsOf = (samples: WireSample[]): string[] => samples.map(({ label = '' }) => label);
