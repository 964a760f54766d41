// What a session of a regressor can be asked.

import { HandfulError } from '../../errors.js';
import { infer } from '../../models/inference.js';
import { checkAnswers, meanSquaredError } from '../../training/loop/metrics.js';
import { fineTuneRegression } from '../../training/regression/regression.js';
import type { RegressionPrediction, RegressionEvaluation, RegressionReport } from '../../types.js';
import { seen } from './answers.js';
import { decodeAndAnswer, inputName, refuseBlank } from './decode.js';
import { outputsOf } from './outputs.js';
import type { AskOptions, TeachOptions, WireInput, WireSample } from '../protocol.js';
import type { Running } from './queue.js';
import type { Learned, Session } from './session.js';
import { tuningTask } from './tuning-task.js';

export async function predict(
  session: Session,
  { signal }: Running,
  inputs: WireInput[],
  { image = false }: AskOptions,
): Promise<RegressionPrediction[]> {
  const { model } = session;
  const name = inputName(inputs);
  const decoding = { name, signal, each: refuseBlank(name) };
  const [{ prepared }, outputs] = await decodeAndAnswer(session, inputs, decoding, (network, given) =>
    infer(network, given, { signal }),
  );
  checkAnswers(outputs);
  const width = outputs.length / inputs.length;
  return prepared.map((input, i) => ({
    values: Array.from(outputs.subarray(i * width, (i + 1) * width)),
    ...(image && { image: seen(input, model) }),
  }));
}

export async function read(): Promise<never> {
  throw new HandfulError('bad-argument', 'A network that answers numbers reads no characters.');
}

export async function evaluate(
  session: Session,
  running: Running,
  samples: WireSample[],
): Promise<RegressionEvaluation> {
  const outputs = checkAnswers(await outputsOf(session, samples, running));
  return { loss: meanSquaredError(outputs, targetsOf(samples)), samples: samples.length };
}

export async function learn(
  session: Session,
  running: Running,
  samples: WireSample[],
  options: TeachOptions,
): Promise<Learned<RegressionReport>> {
  const task = await tuningTask(session, running, { samples, options }, (samples) => ({ targets: targetsOf(samples) }));
  return session.learn(() => fineTuneRegression(task));
}

/** [N, outputs], flat. */
function targetsOf(samples: WireSample[]): Float32Array {
  return Float32Array.from(samples.flatMap(({ target = [] }) => target));
}
