import { HandfulError, throwIfAborted } from '../../errors.js';
import type { Model } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import { lazy } from '../../common/lazy.js';
import { pause } from '../../common/pause.js';
import { sizeOf } from '../../common/shapes.js';
import { prepare } from '../../preprocess/prepare.js';
import type { Prepared, RawInput } from '../../preprocess/prepare.js';
import { standardise } from '../../preprocess/standardise.js';
import type { WireInput } from '../protocol.js';
import { readBitmap, readBlob, refuseHidden } from './picture.js';
import type { Running } from './queue.js';
import type { Session } from './session.js';

/** An input without anything that needs a browser. */
export async function readPixels(input: WireInput, signal: AbortSignal): Promise<RawInput> {
  if (input.kind === 'blob') return { kind: 'pixels', ...(await readBlob(input.blob, signal)) };
  if (input.kind === 'bitmap') return { kind: 'pixels', ...(await readBitmap(input.bitmap, signal)) };
  if (input.kind === 'buffer') throw new HandfulError('bad-input', 'Got a GPUBuffer, which only predict takes.');
  if (input.kind === 'pixels') refuseHidden(input);
  return input;
}

/**
 * Samples whose pictures were read, which can be done only once, so that they can be prepared in several ways.
 * @throws {HandfulError} `bad-input` naming the sample; `aborted`.
 */
export async function readOnce<Sample extends { input: WireInput }>(
  samples: readonly Sample[],
  what: string,
  signal: AbortSignal,
): Promise<Sample[]> {
  const read: Sample[] = [];
  for (const [i, sample] of samples.entries()) {
    const input = await named(`${what} ${i}`, () => readPixels(sample.input, signal));
    read.push({ ...sample, input });
  }
  return read;
}

/** Has errors begin with what they are about. */
export async function named<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HandfulError)) throw error;
    throw new HandfulError(error.code, `${what}: ${error.message}`, { cause: error.cause });
  }
}

export interface Decoding {
  /** What to call an input in errors, such as 'Sample 3'. */
  name: (index: number) => string;
  signal: AbortSignal;
  /** Is told of each input, and may refuse it. */
  each?: (prepared: Prepared, index: number, raw: RawInput) => void | Promise<void>;
  onProgress?: ((fraction: number) => void) | undefined;
}

/** Many inputs, each as the network sees it, and all as one standardised batch, [N, ...input], flat. */
export interface Decoded {
  prepared: Prepared[];
  values: Float32Array;
}

/** @throws {HandfulError} `bad-input` naming the input; `aborted`. */
export async function decodeAll(
  inputs: readonly WireInput[],
  model: Model,
  { name, signal, each, onProgress }: Decoding,
): Promise<Decoded> {
  const length = sizeOf(model.spec.input);
  const values = new Float32Array(inputs.length * length);
  const prepared: Prepared[] = [];
  let last = performance.now();
  for (const [i, input] of inputs.entries()) {
    const one = await named(name(i), async () => {
      const raw = await readPixels(input, signal);
      const prepared = prepare(raw, model.preprocess, model.spec.input);
      await each?.(prepared, i, raw);
      return prepared;
    });
    prepared.push(one);
    standardise(one.values, model.preprocess, values, i * length);
    if (performance.now() - last > 20) {
      onProgress?.((i + 1) / inputs.length);
      await pause();
      throwIfAborted(signal);
      last = performance.now();
    }
  }
  return { prepared, values };
}

/** What a network is asked, and answers: inputs [N, ...input], standardised, flat, or on its GPU. */
export type Asking<T> = (network: Network, inputs: Float32Array | GPUBuffer) => Promise<T>;

/**
 * Decodes inputs and asks a network about them all.
 * @throws {HandfulError} `bad-input` naming the input; `aborted`.
 */
export async function decodeAndAnswer<T>(
  session: Session,
  inputs: readonly WireInput[],
  decoding: Decoding,
  answer: Asking<T>,
): Promise<[Decoded, T]> {
  if (inputs.some(({ kind }) => kind === 'buffer')) {
    const { answerFromGpu } = await lazy(import('./gpu-inputs.js'));
    return answerFromGpu(session, inputs, decoding, answer);
  }
  const decoded = await decodeAll(inputs, session.model, decoding);
  return [decoded, await session.answer(inputs.length, (network) => answer(network, decoded.values))];
}

/**
 * The inputs of samples as one batch.
 * @param what What to call a sample in errors, such as 'Sample'.
 * @throws {HandfulError} `bad-input` naming the sample by its index, also if there is no ink on it; `aborted`.
 */
export async function decodeSamples(
  samples: readonly { input: WireInput }[],
  model: Model,
  what: string,
  signal: AbortSignal,
  onProgress?: (fraction: number) => void,
): Promise<Float32Array> {
  const name = (i: number) => `${what} ${i}`;
  const inputs = samples.map(({ input }) => input);
  const { values } = await decodeAll(inputs, model, { name, signal, each: refuseBlank(name), onProgress });
  return values;
}

/** How inputs are called in errors. */
export function inputName({ length }: readonly WireInput[]): (index: number) => string {
  return (index) => (length > 1 ? `Input ${index}` : 'The input');
}

/** Refuses inputs without ink, of which there is nothing to learn or to measure. */
export function refuseBlank(name: (index: number) => string): (prepared: Prepared, index: number) => void {
  return ({ blank }, index) => {
    if (blank) throw new HandfulError('bad-input', `${name(index)}: there is no ink on it.`);
  };
}

/** Of a fine-tune, the share of the way that goes with preparing its samples. */
const PREPARING = 0.05;

/** Tells a fine-tune's caller how far its samples are prepared. */
export const tellPreparing =
  ({ onProgress }: Pick<Running, 'onProgress'>) =>
  (fraction: number): void =>
    onProgress({ phase: 'preparing', fraction: PREPARING * fraction });
