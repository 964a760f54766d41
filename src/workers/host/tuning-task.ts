import type { TuningTask } from '../../training/plans/task.js';
import type { WireInput } from '../protocol.js';
import { decodeSamples, tellPreparing } from './decode.js';
import type { Running } from './queue.js';
import type { Session } from './session.js';

/** What came with a call to learn. */
interface Given<Sample, Options> {
  samples: Sample[];
  validation: Sample[] | undefined;
  options: Options;
}

/**
 * What came, decoded, as the task of the session's model.
 * @param answers What samples say beside their inputs.
 * @throws {HandfulError} `bad-input` naming the sample; `aborted`.
 */
export async function tuningTask<
  Sample extends { input: WireInput },
  Answers extends object,
  Options extends { seed?: number | undefined },
>(
  session: Session,
  running: Running,
  { samples, validation, options }: Given<Sample, Options>,
  answers: (samples: Sample[]) => Answers,
): Promise<TuningTask<Answers & { inputs: Float32Array }, Options>> {
  const { model } = session;
  const { signal, onProgress } = running;
  const prepare = async (what: string, samples: Sample[]) => ({
    inputs: await decodeSamples(samples, model, what, signal, tellPreparing(running)),
    ...answers(samples),
  });
  return {
    model,
    samples: await prepare('Sample', samples),
    validation: validation && (await prepare('Validation sample', validation)),
    options: { ...options, seed: options.seed ?? session.options.seed },
    build: session.build.bind(session),
    signal,
    onProgress,
  };
}
