import { infer } from '../../models/inference.js';
import { decodeSamples } from './decode.js';
import type { WireInput } from '../protocol.js';
import type { Running } from './queue.js';
import type { Session } from './session.js';

/**
 * What the network answers to samples, [N, outputs], flat.
 * @throws {HandfulError} `bad-input` naming the sample; `aborted`; `backend-lost`.
 */
export async function outputsOf(
  session: Session,
  samples: readonly { input: WireInput }[],
  { signal, onProgress, finish }: Running,
): Promise<Float32Array> {
  const inputs = await decodeSamples(samples, session.model, 'Sample', signal, (fraction) =>
    onProgress({ phase: 'preparing', fraction: fraction / 2 }),
  );
  const outputs = await session.answer(samples.length, (network) =>
    infer(network, inputs, {
      signal,
      onProgress: (fraction) => onProgress({ phase: 'evaluating', fraction: 0.5 + fraction / 2 }),
    }),
  );
  await finish({ phase: 'evaluating' });
  return outputs;
}
