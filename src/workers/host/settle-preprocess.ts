import type { Device } from '../../backends/device.js';
import { lazy } from '../../common/lazy.js';
import { describePreprocess } from '../../models/describe-preprocess.js';
import type { Model } from '../../models/model.js';
import type { OpenOptions, Source } from '../protocol.js';
import type { Running } from './queue.js';

/** What was opened, by what options and on which device. */
export interface Probing {
  source: Source;
  probe: OpenOptions['probe'];
  device: Device;
  running: Running;
}

/** A model whose preprocessing is settled, and what its user should know of that. */
export interface Settled {
  model: Model;
  notes: string[];
}

const HOW = 'Pass `preprocess` to `load` to say otherwise, or `probe`, some labelled samples, to have it chosen.';

/**
 * Settles the preprocessing of a model whose file does not say it: by the probe's samples, or else as assumed, of which
 * the console is warned. Of one whose file says it, or whose caller does, a probe only tells how well that reads.
 * @throws {HandfulError} `bad-argument` for a probe that makes no sense; `bad-input` naming its sample; `aborted`.
 */
export async function settlePreprocess(opened: Model, probing: Probing): Promise<Settled> {
  const { preprocessAssumed = false, ...model } = opened;
  const { source, probe } = probing;
  if (probe) {
    const { probed } = await lazy(import('./probe.js'));
    const settled = await probed(model, preprocessAssumed, probe, probing);
    return settled.isClear ? settled : warned(source, settled);
  }
  if (source.kind === 'spec' || !preprocessAssumed || model.preprocess.kind === 'none') return { model, notes: [] };
  const note = `The file does not say how inputs were prepared; assumed: ${describePreprocess(model.preprocess)}. ${HOW}`;
  return warned(source, { model, notes: [note] });
}

function warned(source: Source, settled: Settled): Settled {
  const size = source.kind === 'bytes' ? ` of ${source.bytes.length} bytes` : '';
  console.warn(`handful, ${source.kind === 'url' ? source.url : `a model file${size}`}: ${settled.notes.join(' ')}`);
  return settled;
}
