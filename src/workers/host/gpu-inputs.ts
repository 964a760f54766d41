// Inputs on the GPU, in a chunk of its own.

import { faultOf, readBuffers, standardiseBuffers } from '../../backends/webgpu/buffers.js';
import { sizeOf } from '../../common/shapes.js';
import { HandfulError } from '../../errors.js';
import { BATCH } from '../../models/inference.js';
import type { WireInput } from '../protocol.js';
import { decodeAll } from './decode.js';
import type { Asking, Decoded, Decoding } from './decode.js';
import type { Session } from './session.js';

/**
 * Asks a network about inputs of which some are on the GPU. If it runs on that one and all are there, it has them at once:
 * they are read back meanwhile, to be checked and shown.
 * @throws {HandfulError} `bad-input` naming the input; `aborted`.
 */
export async function answerFromGpu<T>(
  session: Session,
  inputs: readonly WireInput[],
  decoding: Decoding,
  ask: Asking<T>,
): Promise<[Decoded, T]> {
  const { model } = session;
  const { spec, preprocess, detector } = model;
  const { device } = session.options;
  if (!device) throw new HandfulError('bad-input', 'Got a GPUBuffer: expected its device as the option device, too.');
  const length = sizeOf(spec.input);
  const buffers = checkBuffers(inputs, length, decoding.name);
  const isFast = buffers.length === inputs.length && buffers.length <= BATCH && detector?.takes !== 'input';
  const decoded = (async () => {
    const values = await readBuffers(device, buffers, length);
    return decodeAll(withValues(inputs, values, length), model, decoding);
  })();
  const answered = session.answer(inputs.length, async (network) => {
    if (!isFast || network.device.name !== 'webgpu') return ask(network, (await decoded).values);
    const standardised = standardiseBuffers(device, buffers, length, preprocess);
    return ask(network, standardised).finally(() => standardised.destroy());
  });
  await Promise.allSettled([decoded, answered]);
  return [await decoded, await answered];
}

/** @returns The buffers among inputs. */
function checkBuffers(inputs: readonly WireInput[], length: number, name: (index: number) => string): GPUBuffer[] {
  return inputs.flatMap((input, i) => {
    if (input.kind !== 'buffer') return [];
    const fault = faultOf(input.buffer, length);
    if (fault) throw new HandfulError('bad-input', `${name(i)}: Got ${fault}.`);
    return [input.buffer];
  });
}

/** Inputs with what was read from their buffers. @param values [buffers, length], flat. */
function withValues(inputs: readonly WireInput[], values: Float32Array, length: number): WireInput[] {
  let at = 0;
  return inputs.map((input) =>
    input.kind === 'buffer' ? { kind: 'values', data: values.subarray(at, (at += length)) } : input,
  );
}
