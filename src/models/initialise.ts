import type { Weights } from './model.js';
import { random } from '../common/random.js';
import { sizeOf } from '../common/shapes.js';
import type { Parameter, Architecture } from './lowering/lower.js';

/**
 * Initial weights as PyTorch's defaults: convolutions, dense layers and their biases uniform within ±1/sqrt(fan-in);
 * batch norm at scale 1, shift 0, running mean 0, running variance 1. The same seed gives the same weights.
 */
export function initialise(architecture: Architecture, seed: number): Weights {
  const next = random(seed);
  return new Map(
    architecture.parameters.map((parameter) => [
      parameter.name,
      { shape: [...parameter.shape], data: initialValues(parameter, next) },
    ]),
  );
}

function initialValues({ kind, shape, fanIn }: Parameter, next: () => number): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  switch (kind) {
    case 'scale':
    case 'runningVar':
      return data.fill(1);
    case 'shift':
    case 'runningMean':
      return data;
    case 'conv':
    case 'dense':
    case 'bias': {
      const bound = 1 / Math.sqrt(fanIn);
      return data.map(() => (2 * next() - 1) * bound);
    }
  }
}
