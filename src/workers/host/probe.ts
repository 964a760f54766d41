import { HandfulError } from '../../errors.js';
import { infer } from '../../models/inference.js';
import { lower } from '../../models/lowering/lower.js';
import { maskLogits } from '../../models/masked-classes.js';
import type { Model } from '../../models/model.js';
import { Network } from '../../models/network.js';
import { describePreprocess } from '../../models/describe-preprocess.js';
import { plausiblePreprocessing } from '../../models/plausible-preprocessing.js';
import { checkPreprocess } from '../../models/preprocessing.js';
import { classIndices } from '../../training/loop/dataset.js';
import { score } from '../../training/loop/metrics.js';
import { decodeSamples, readOnce } from './decode.js';
import { chooseReading } from './choose-reading.js';
import type { Reading } from './choose-reading.js';
import type { Source, WireSample } from '../protocol.js';
import type { Probing, Settled } from './settle-preprocess.js';

const MOST_SAMPLES = 100;

/**
 * A model with the preprocessing by which it reads a probe best.
 * @param isOpen Whether there is something to choose.
 * @returns `isClear`: whether it reads clearly better than chance.
 * @throws {HandfulError} `bad-argument`, `bad-input`, `aborted`.
 */
export async function probed(
  model: Model,
  isOpen: boolean,
  probe: WireSample[],
  probing: Probing,
): Promise<Settled & { isClear: boolean }> {
  const { source, device, running } = probing;
  checkProbe(model, probe, source);
  const classes = classIndices(
    probe.map(({ label = '' }) => label),
    model.labels,
    'Probe sample',
  );
  const samples = await readOnce(probe, 'Probe sample', running.signal);
  const candidates = isOpen ? candidatesFor(model, samples) : [model.preprocess];
  const network = new Network(lower(model.spec), model.weights, device);
  try {
    const read = async (inputs: Float32Array, truth: Int32Array) =>
      score(maskLogits(await infer(network, inputs, { signal: running.signal }), model), truth);
    const readings: Reading[] = [];
    for (const [i, preprocess] of candidates.entries()) {
      const inputs = await decodeSamples(samples, { ...model, preprocess }, 'Probe sample', running.signal);
      readings.push({ preprocess, inputs, ...(await read(inputs, classes)) });
      running.onProgress({ phase: 'loading', fraction: 0.9 + (0.08 * (i + 1)) / candidates.length });
    }
    const { chosen, isClear } = await chooseReading(readings, classes, model.labels.length, read);
    const right = `${Math.round(chosen.accuracy * classes.length)} of ${classes.length} probe samples`;
    if (isClear) {
      const note = `Inputs are prepared so: ${describePreprocess(chosen.preprocess)}. That reads ${right}, ${
        isOpen ? `best of ${candidates.length} ways` : 'and is what the file or the option says'
      }.`;
      return { model: { ...model, preprocess: chosen.preprocess }, notes: [note], isClear };
    }
    const note =
      `None of ${candidates.length} ways to prepare inputs reads the probe clearly better than chance, the best ${right}; ` +
      `it stays ${describePreprocess(model.preprocess)}. More samples may tell, or labels are in another order than the network's.`;
    return { model, notes: [note], isClear };
  } finally {
    network.dispose();
  }
}

function checkProbe({ loss }: Model, { length }: WireSample[], { kind }: Source): void {
  const why =
    kind === 'spec'
      ? 'is for files; a network that was never trained reads nothing'
      : loss === 'squaredError'
        ? 'is for classifiers; this network is for regression'
        : length > MOST_SAMPLES && `takes at most ${MOST_SAMPLES} samples; got ${length}`;
  if (why) throw new HandfulError('bad-argument', `The option probe ${why}.`);
}

/** What the caller said of the preprocessing is in each of them. */
function candidatesFor(model: Model, samples: readonly WireSample[]): Model['preprocess'][] {
  const { preprocess, spec } = model;
  const { kind, invert, fit, order } = preprocess;
  const said = { ...(invert && { invert }), ...(fit === false && { fit }), ...(order && { order }) };
  const isDrawn = samples.some(({ input }) => input.kind === 'pixels');
  const all = plausiblePreprocessing(kind, preprocess.mean.length)
    .filter((one) => isDrawn || one.fit !== false) // strokes and values have one size
    .map((one) => checkPreprocess({ ...one, ...said }, spec.input, 'bad-argument'));
  return [...new Map([preprocess, ...all].map((one) => [JSON.stringify(one), one])).values()];
}
