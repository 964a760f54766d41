import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import { sizeOf } from '../own.js';
import type { Inputs, OwnKernel } from '../own.js';

// Optimizer steps: variables `w0`, `w1`, … change in place along their gradients `g0`, …, as does the state `m0`, `s0`, ….

/** Calls `update` with the index of each variable and its number of values. */
function eachVariable(inputs: Inputs, update: (index: number, count: number) => void): TensorInfo[] {
  for (let i = 0; inputs[`w${i}`]; i++) update(i, sizeOf(inputs[`w${i}`]!.shape));
  return [];
}

function sgd(heap: Heap, inputs: Inputs, { rate }: { rate: number }): TensorInfo[] {
  return eachVariable(inputs, (i, count) => {
    heap.exports.f32_sgd!(heap.at(inputs[`w${i}`]!), heap.at(inputs[`g${i}`]!), count, rate);
  });
}

function momentum(heap: Heap, inputs: Inputs, attrs: { rate: number; momentum: number }): TensorInfo[] {
  return eachVariable(inputs, (i, count) => {
    const addresses = ['w', 'g', 'm'].map((name) => heap.at(inputs[`${name}${i}`]!));
    heap.exports.f32_momentum!(...addresses, count, attrs.rate, attrs.momentum);
  });
}

interface AdamAttrs {
  /** Over the first moment's bias correction. */
  rate: number;
  beta1: number;
  beta2: number;
  /** The root of the second moment's bias correction. */
  root: number;
  epsilon: number;
}

function adam(heap: Heap, inputs: Inputs, { rate, beta1, beta2, root, epsilon }: AdamAttrs): TensorInfo[] {
  return eachVariable(inputs, (i, count) => {
    const addresses = ['w', 'g', 'm', 's'].map((name) => heap.at(inputs[`${name}${i}`]!));
    heap.exports.f32_adam!(...addresses, count, rate, beta1, beta2, root, epsilon);
  });
}

export const sgdStep: OwnKernel = { name: 'SgdStep', run: sgd };
export const momentumStep: OwnKernel = { name: 'MomentumStep', run: momentum };
export const adamStep: OwnKernel = { name: 'AdamStep', run: adam };
