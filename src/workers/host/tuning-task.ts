import { checkUnique, trimmed } from '../../models/labels.js';
import type { TuneOptions, TuningTask } from '../../training/plans/task.js';
import type { TeachOptions, WireSample } from '../protocol.js';
import { decodeSamples, tellPreparing } from './decode.js';
import type { Running } from './queue.js';
import type { Session } from './session.js';

/** What came with a call to learn. */
interface Given {
  samples: WireSample[];
  options: TeachOptions;
}

/**
 * What came, decoded, as the task of the session's model.
 * @param answers What samples say beside their inputs.
 * @throws {HandfulError} `bad-argument` for labels that are the same or empty; `bad-input` naming the sample; `aborted`.
 */
export async function tuningTask<Answers extends object>(
  session: Session,
  running: Running,
  { samples, options: { validation, ...options } }: Given,
  answers: (samples: WireSample[]) => Answers,
): Promise<TuningTask<Answers & { inputs: Float32Array }, TuneOptions>> {
  const { model } = session;
  const labels = options.labels && trimmed(options.labels, model.labels, 'Class');
  if (labels) checkUnique(labels, 'bad-argument');
  const { signal, onProgress } = running;
  // Answers first, so that what is wrong with them is told before anything is decoded.
  const prepare = async (what: string, samples: WireSample[]) => ({
    ...answers(samples),
    inputs: await decodeSamples(samples, model, what, signal, tellPreparing(running)),
  });
  const held = typeof validation === 'object' ? validation : undefined;
  const share = typeof validation === 'number' ? { validation } : {};
  return {
    model,
    samples: await prepare('Sample', samples),
    validation: held && (await prepare('Validation sample', held)),
    options: { ...options, labels, ...share, seed: options.seed ?? session.options.seed },
    build: session.build.bind(session),
    signal,
    onProgress,
  };
}
