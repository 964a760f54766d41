import type { Preprocessing } from '../../../types.js';
import { defaultPreprocess } from '../../preprocessing.js';
import type { Piece } from './values.js';

/** TensorProto.DataType of bytes. */
const UINT8 = 2;

/** What is known of how a file's inputs are prepared. */
export interface Prepared {
  preprocess: Preprocessing;
  /** The file shows nothing of it. */
  isAssumed: boolean;
  /** What is left of the network once its own standardising is taken off. */
  pieces: Piece[];
  notes: string[];
}

/**
 * What the file shows of how its inputs are prepared: factors and summands at the beginning of its graph standardise
 * them. Values are from 0 to 255 where such a factor is that small, or where the input is bytes.
 * @param given What the input is: shape in our layout, type, and who wrote the file.
 */
export function prepare(
  pieces: readonly Piece[],
  { input, type, producer }: { input: readonly number[]; type: number; producer: string },
): Prepared {
  const usual = defaultPreprocess(input);
  const at = pieces[0]?.kind === 'layer' && pieces[0].layer.type === 'flatten' ? 1 : 0;
  const first = pieces[at];
  const { scale, shift } = first?.kind === 'scale' ? first : { scale: Float32Array.of(1), shift: Float32Array.of(0) };
  const isStandard =
    first?.kind === 'scale' &&
    (scale.length === 1 || (at === 0 && input.length === 3)) &&
    scale.every((each) => each > 0);
  const isOfCntk = !isStandard && producer === 'CNTK' && usual.kind === 'ink';
  const isBytes = type === UINT8 || isOfCntk || (isStandard && Math.max(...scale) < 0.05);
  const range = isBytes ? 255 : 1;
  if (!isStandard && !isBytes) return { preprocess: usual, isAssumed: true, pieces: [...pieces], notes: [] };
  const [factors, summands] = isStandard ? [scale, shift] : [Float32Array.of(1), Float32Array.of(0)];
  const std = Array.from(factors, (factor) => 1 / (factor * range));
  const mean = Array.from(factors, (factor, i) => -(summands[i] ?? 0) / (factor * range));
  return {
    preprocess: { kind: usual.kind, mean, std },
    isAssumed: isOfCntk && type !== UINT8,
    pieces: isStandard ? pieces.filter((_, i) => i !== at) : [...pieces],
    notes: isStandard ? [`The file standardises its inputs itself, from values of 0 to ${range}.`] : [],
  };
}
