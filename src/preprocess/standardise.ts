import { HandfulError } from '../errors.js';
import type { Preprocessing } from '../types.js';

/** Mean and deviation by which (value - mean) / std also turns values around, where that is wanted. */
export function scaling({ mean, std, invert }: Preprocessing): Pick<Preprocessing, 'mean' | 'std'> {
  return invert ? { mean: mean.map((centre) => 1 - centre), std: std.map((spread) => -spread) } : { mean, std };
}

/**
 * (value - mean) / std per channel, channels last, into `out` from `offset` on (default: a new array).
 *
 * @throws {HandfulError} `bad-argument` if the channels do not divide the values or a std is not positive.
 */
export function standardise(
  values: Float32Array,
  preprocess: Preprocessing,
  out = new Float32Array(values.length),
  offset = 0,
): Float32Array {
  const { mean, std } = preprocess;
  const channels = mean.length;
  if (channels === 0 || std.length !== channels || values.length % channels !== 0) {
    throw new HandfulError(
      'bad-argument',
      `Got ${channels} means and ${std.length} stds for ${values.length} values: expected one of each per channel.`,
    );
  }
  if (!mean.every(Number.isFinite) || !std.every((s) => Number.isFinite(s) && s > 0)) {
    throw new HandfulError(
      'bad-argument',
      `Got mean [${mean.join(', ')}] and std [${std.join(', ')}]: expected finite, std above 0.`,
    );
  }
  const scaled = scaling(preprocess);
  for (const [channel, centre] of scaled.mean.entries()) {
    const spread = scaled.std[channel] ?? 1;
    for (let i = channel; i < values.length; i += channels) out[offset + i] = ((values[i] ?? 0) - centre) / spread;
  }
  return out;
}
