import { HandfulError } from '../../../src/errors.js';
import type { Weights } from '../../../src/models/model.js';
import type { Network } from '../../../src/models/network.js';
import type { EpochRecord } from '../../../src/types.js';

/** The error that a call is refused with; any other is thrown on. */
export async function errorOf(call: Promise<unknown>): Promise<HandfulError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof HandfulError) return error;
    throw error;
  }
  throw new Error('It should have been refused.');
}

/** All weights as text, every bit of them, to compare. */
export function values(weights: Weights): string {
  return JSON.stringify([...weights].map(([name, { shape, data }]) => [name, shape, Array.from(data)]));
}

export function withoutSeconds(history: readonly EpochRecord[]): Omit<EpochRecord, 'seconds'>[] {
  return history.map(({ seconds: _, ...record }) => record);
}

/** Counts the training steps of a network from here on, as far as the device tells of them. */
export function countSteps(network: Network): () => number {
  let steps = 0;
  const learner = network.learner.bind(network);
  network.learner = (options) => {
    const made = learner(options);
    const epoch = made.epoch.bind(made);
    made.epoch = (one) => {
      let told = 0;
      const onSteps: typeof one.onSteps = (done, found) => {
        steps += done - told;
        told = done;
        return one.onSteps(done, found);
      };
      return epoch({ ...one, onSteps });
    };
    return made;
  };
  return () => steps;
}
