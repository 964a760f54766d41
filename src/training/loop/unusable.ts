import { HandfulError } from '../../errors.js';

/** Weights may be finite and yet so large that no answer is. */
export function unusableWeights(learningRate: number, cause?: unknown): HandfulError {
  return new HandfulError(
    'diverged',
    `Training made weights whose answers are not finite; try a learning rate below ${learningRate}.`,
    cause === undefined ? undefined : { cause },
  );
}
