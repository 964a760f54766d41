import type { RegressionSample, Sample } from '../types.js';
import type { NetworkInfo, WireSample } from '../workers/protocol.js';
import { labelName } from '../common/label-names.js';
import { refuse } from '../common/refuse.js';

/** Anything that may be passed for a sample. */
export type AnySample = Sample | RegressionSample;

/**
 * What a sample says that the network should answer.
 * @param what What to call the sample in errors.
 * @throws {HandfulError} `bad-argument`
 */
export function said(
  sample: Partial<Sample & RegressionSample> | undefined,
  what: string,
  { loss, outputs: length }: Pick<NetworkInfo, 'loss' | 'outputs'>,
): Omit<WireSample, 'input'> {
  if (loss === 'crossEntropy') return { label: labelName(sample?.label, `${what} has a label that`) };
  const given = sample?.target;
  const numbers = typeof given === 'number' ? [given] : (Object(given) as ArrayLike<number>);
  const target = Array.from({ length }, (_, i) => numbers[i] as number);
  if (numbers.length !== length || !target.every(isFinite32))
    refuse(`${what} has a target of ${length} finite numbers`, given);
  return { target };
}

/** Whether a network's numbers can be as large. */
function isFinite32(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(Math.fround(value));
}
