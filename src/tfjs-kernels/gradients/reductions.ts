import {
  broadcastTo,
  div,
  getGradient,
  Mean,
  registerGradient,
  reshape,
  Sum,
  unregisterGradient,
  util,
} from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

// The gradients of sums and means, which batch norm is made of, for all backends. TensorFlow.js's multiply by as many
// ones as were added up, and make these on the CPU: in WebGPU and WebGL an upload as large as the activations, twice for
// every batch norm and step.

/** A gradient that hands each value that was added up the same: dy, or of a mean its share of it. */
function handedOut(kernelName: 'Sum' | 'Mean'): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc(dy, [x], attrs) {
      const { shape } = x as Tensor;
      const axes = util.parseAxisParam((attrs as { axis: number | number[] }).axis, shape);
      const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const added = util.sizeFromShape(shape) / util.sizeFromShape(kept);
      const each = () => (kernelName === Sum ? (dy as Tensor) : div(dy as Tensor, added));
      return { x: () => broadcastTo(reshape(each(), kept), shape as never) };
    },
  };
}

/** Puts them in the place of TensorFlow.js's own. */
export function registerReductionGradients(): void {
  for (const name of [Sum, Mean] as const) {
    if (getGradient(name)) unregisterGradient(name);
    registerGradient(handedOut(name));
  }
}
