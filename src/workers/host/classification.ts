// What a session of a classifier can be asked.

import { lazy } from '../../common/lazy.js';
import { trimmed } from '../../models/labels.js';
import { maskLogits } from '../../models/masked-classes.js';
import { classIndices } from '../../training/loop/dataset.js';
import { fineTune } from '../../training/finetune.js';
import { checkAnswers, evaluation } from '../../training/loop/metrics.js';
import type { Evaluation, FineTuneReport, Prediction, Reading } from '../../types.js';
import { answered, rejected, seen } from './answers.js';
import { decodeAndAnswer, inputName, named, readPixels } from './decode.js';
import type { Decoding } from './decode.js';
import { inferJudged } from './out-of-distribution.js';
import { outputsOf } from './outputs.js';
import type { AskOptions, ReadingOptions, TeachOptions, WireInput, WireSample } from '../protocol.js';
import type { Running } from './queue.js';
import { mayBeSeveral } from './reading/several.js';
import type { Learned, Session } from './session.js';
import { tuningTask } from './tuning-task.js';

export async function predict(
  session: Session,
  { signal }: Running,
  inputs: WireInput[],
  { image = false, reject = true }: AskOptions,
): Promise<Prediction[]> {
  const { model } = session;
  const several = new Set<number>();
  const decoding: Decoding = {
    name: inputName(inputs),
    signal,
    async each(input, i, raw) {
      if (!reject || !model.detector || model.preprocess.kind !== 'ink' || !mayBeSeveral(raw, input)) return;
      const { showsSeveral } = await reading();
      if (await showsSeveral(session, signal, raw)) several.add(i);
    },
  };
  const [{ prepared }, { logits, strangeness }] = await decodeAndAnswer(session, inputs, decoding, (network, given) =>
    inferJudged(network, reject ? model.detector : undefined, given, inputs.length, signal),
  );
  maskLogits(checkAnswers(logits), model);
  return prepared.map((input, i) => {
    const known = answered(logits, i, model);
    const isStrange = strangeness(i) > 0;
    // What was taught beside digits may be wide and have parts.
    const isSeveral = several.has(i) && (isStrange || /^\d$/.test(known.label ?? ''));
    const why = input.blank ? 'blank' : isSeveral ? 'several' : isStrange && 'unfamiliar';
    const answer = why ? rejected(why, model) : known;
    return image ? { ...answer, image: seen(input, model) } : answer;
  });
}

export async function read(
  session: Session,
  { signal }: Running,
  inputs: WireInput[],
  options: ReadingOptions,
): Promise<Reading> {
  const { readCharacters } = await reading();
  const [input] = inputs as [WireInput];
  return named('The input', async () => readCharacters(session, signal, await readPixels(input, signal), options));
}

/** What reads several characters, fetched when there may be some. */
const reading = () => lazy(import('./reading/read.js'));

export async function evaluate(session: Session, running: Running, samples: WireSample[]): Promise<Evaluation> {
  const { model } = session;
  const { labels } = model;
  const classes = classIndices(labelsOf(samples, labels), labels, 'Sample');
  return evaluation(maskLogits(checkAnswers(await outputsOf(session, samples, running)), model), classes, labels);
}

export async function learn(
  session: Session,
  running: Running,
  samples: WireSample[],
  options: TeachOptions,
): Promise<Learned<FineTuneReport>> {
  const { labels } = session.model;
  const task = await tuningTask(session, running, { samples, options }, (samples) => ({
    labels: labelsOf(samples, labels),
  }));
  const tuned = await session.learn(() => fineTune(task));
  return { ...tuned, history: tuned.report.history };
}

const labelsOf = (samples: WireSample[], known: readonly string[]): string[] =>
  trimmed(
    samples.map(({ label = '' }) => label),
    known,
    'Sample',
  );
