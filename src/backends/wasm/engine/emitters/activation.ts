import type { Activate } from '../../../operations.js';
import type { OperationEmitter } from '../../../schedule/emitters.js';
import { hasSlopeOfOutput } from '../../../schedule/steps.js';
import type { KernelCall } from '../../kernel-call.js';
import type { ProgramBuilder } from '../program-builder.js';
import { masked } from './mask.js';

/** An activation as a step of its own: all but a ReLU that is part of what it follows. */
export const activation: OperationEmitter<'activation', ProgramBuilder> = {
  forward(to, { operation, x, y }) {
    const kernel = kernelsOf(to, operation).forward;
    to.elements(operation.y.shape, (at, count) => [kernel(at(x), at(y), count)]);
  },

  gradient(to, { operation, x, y, dy, dx }) {
    const kernel = kernelsOf(to, operation).gradient;
    const from = hasSlopeOfOutput(operation) ? y : x;
    to.images((shard) => {
      const { first, count } = shard;
      const call = kernel(to.at(dy, first), to.at(from, first), to.at(dx.buffer, first), count * x.size);
      return [call, ...masked(to, dx, shard)];
    });
  },
};

interface Kernels {
  forward(x: number, y: number, count: number): KernelCall;
  /** @param by What its slope follows from: x, or y. */
  gradient(dy: number, by: number, dx: number, count: number): KernelCall;
}

function kernelsOf(to: ProgramBuilder, { activation, slope = 0 }: Pick<Activate, 'activation' | 'slope'>): Kernels {
  switch (activation) {
    case 'relu': // keeps x where x is above 0, as its gradient keeps dy where y is
      return {
        forward: (x, y, count) => ({ kernel: 'f32_relu_gradient', dy: x, y: x, dx: y, count }),
        gradient: (dy, y, dx, count) => ({ kernel: 'f32_relu_gradient', dy, y, dx, count }),
      };
    case 'sigmoid':
    case 'tanh': {
      const tanh = activation === 'tanh';
      return {
        forward: (x, y, count) => ({ kernel: 'f32_activation', x, y, count, tanh }),
        gradient: (dy, y, dx, count) => ({ kernel: 'f32_activation_gradient', dy, y, dx, count, tanh }),
      };
    }
    case 'leakyRelu': {
      const address = to.constants([slope]);
      return {
        forward: (x, y, count) => ({ kernel: 'f32_leaky_relu', x, slope: address, y, count }),
        gradient: (dy, x, dx, count) => ({ kernel: 'f32_leaky_relu_gradient', dy, x, slope: address, dx, count }),
      };
    }
    default: {
      const gate = ['silu', 'geluTanh', 'gelu'].indexOf(activation);
      return {
        forward: (x, y, count) => ({ kernel: 'f32_gated', x, y, count, gate }),
        gradient: (dy, x, dx, count) => ({ kernel: 'f32_gated_gradient', dy, x, dx, count, gate }),
      };
    }
  }
}
