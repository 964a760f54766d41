import type { Device } from '../../backends/device.js';
import { HandfulError } from '../../errors.js';
import { infer } from '../../models/inference.js';
import { lower } from '../../models/lowering/lower.js';
import { maskLogits } from '../../models/masked-classes.js';
import type { Model } from '../../models/model.js';
import { Network } from '../../models/network.js';
import { describePreprocess, plausiblePreprocessing } from '../../models/plausible-preprocessing.js';
import { checkPreprocess } from '../../models/preprocessing.js';
import { classIndices } from '../../training/loop/dataset.js';
import { score } from '../../training/loop/metrics.js';
import { decodeSamples, readOnce } from './decode.js';
import { chooseReading } from './choose-reading.js';
import type { Reading } from './choose-reading.js';
import type { OpenOptions, Source, WireSample } from '../protocol.js';
import type { Running } from './queue.js';

interface Probing {
  source: Source;
  probe: OpenOptions['probe'];
  device: Device;
  running: Running;
}

/** A model whose preprocessing is settled, and what its user should know of that. */
interface Settled {
  model: Model;
  notes: string[];
}

const MOST_SAMPLES = 100;

const HOW = 'Pass `preprocess` to `load` to say otherwise, or `probe`, some labelled samples, to have it chosen.';

/**
 * Settles the preprocessing of a model whose file does not say it: by the probe's samples, or else as assumed, of which
 * the console is warned. Of one whose file says it, or whose caller does, a probe only tells how well that reads.
 * @throws {HandfulError} `bad-argument` for a probe that makes no sense; `bad-input` naming its sample; `aborted`.
 */
export async function settlePreprocess(opened: Model, probing: Probing): Promise<Settled> {
  const { preprocessAssumed = false, ...model } = opened;
  const { source, probe } = probing;
  if (probe) return probed(model, preprocessAssumed, probe, probing);
  if (source.kind === 'spec' || !preprocessAssumed || model.preprocess.kind === 'none') return { model, notes: [] };
  const note = `The file does not say how inputs were prepared; assumed: ${describePreprocess(model.preprocess)}. ${HOW}`;
  warn(source, note);
  return { model, notes: [note] };
}

async function probed(model: Model, isOpen: boolean, probe: WireSample[], probing: Probing): Promise<Settled> {
  const { source, device, running } = probing;
  checkProbe(model, probe, source);
  const classes = classIndices(
    probe.map(({ label = '' }) => label),
    model.labels,
    'Probe sample',
  );
  const samples = await readOnce(probe, 'Probe sample');
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
      return { model: { ...model, preprocess: chosen.preprocess }, notes: [note] };
    }
    const note =
      `None of ${candidates.length} ways to prepare inputs reads the probe clearly better than chance, the best ${right}; ` +
      `it stays ${describePreprocess(model.preprocess)}. More samples may tell, or labels are in another order than the network's.`;
    warn(source, note);
    return { model, notes: [note] };
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

function warn(source: Source, note: string): void {
  const name =
    source.kind === 'url'
      ? source.url
      : `a model file${source.kind === 'bytes' ? ` of ${source.bytes.length} bytes` : ''}`;
  console.warn(`handful, ${name}: ${note}`);
}
