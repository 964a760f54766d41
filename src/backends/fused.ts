// Layers, loss and optimizer steps that are one kernel each on WASM. Elsewhere (WebGPU, browsers without SIMD) there is
// no such kernel: then these functions compose tfjs's operations, or answer undefined for their caller to do so.

import { add, engine, fused, getKernel, mul, relu } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

export type Activation = 'linear' | 'relu';
type Inputs = Record<string, Tensor>;
type Call = (inputs: Inputs, attrs: object) => Tensor[];

/** A kernel of the current backend by its name, if it has it. */
function kernel(name: string): Call | undefined {
  if (!getKernel(name, engine().backendName)) return undefined;
  return (inputs, attrs) => run(name, inputs, attrs);
}

function run(name: string, inputs: Inputs, attrs: object): Tensor[] {
  return [engine().runKernel(name, inputs, attrs as NamedAttrMap)].flat();
}

const without = <T extends object>(optional: T): Inputs =>
  Object.fromEntries(Object.entries(optional).filter(([, tensor]) => tensor)) as Inputs;

export interface Conv2dOptions {
  stride: number;
  pad: number;
  activation: Activation;
}

/** y [N, Ho, Wo, O] of x [N, H, W, I], filter [K, K, I, O] and perhaps bias [O]. */
export function conv2d(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | undefined,
  { stride, pad, activation }: Conv2dOptions,
): Tensor4D {
  const attrs = { strides: stride, pad, dimRoundingMode: 'floor' as const, activation };
  if (!kernel('FusedConv2DGrad')) return fused.conv2d({ ...attrs, x, filter, bias });
  const all = { ...attrs, dataFormat: 'NHWC', dilations: 1, filterShape: filter.shape };
  return run('FusedConv2D', without({ x, filter, bias }), all)[0] as Tensor4D;
}

/** y [N, units] of x [N, in], weight [in, units] and perhaps bias [units]. */
export function dense(x: Tensor2D, weight: Tensor2D, bias: Tensor1D | undefined, activation: Activation): Tensor2D {
  if (!kernel('_FusedMatMulGrad')) return fused.matMul({ a: x, b: weight, bias, activation }) as Tensor2D;
  const attrs = { transposeA: false, transposeB: false, activation };
  return run('_FusedMatMul', without({ a: x, b: weight, bias }), attrs)[0] as Tensor2D;
}

/**
 * Batch norm of x [..., C] by the batch's own mean and variance; moves the running statistics (biased mean, unbiased
 * variance) towards the batch's by `momentum`, in place. Undefined where there is no such kernel.
 */
export function batchNormTraining(
  inputs: Record<'x' | 'scale' | 'shift' | 'runningMean' | 'runningVariance', Tensor>,
  attrs: { epsilon: number; momentum: number; activation: Activation },
): Tensor | undefined {
  return kernel('BatchNormTraining')?.(inputs, attrs)[0];
}

/** ReLU of a sum, as residual blocks end in. */
export function addRelu(a: Tensor, b: Tensor): Tensor {
  return kernel('AddRelu') ? run('AddRelu', { a, b }, {})[0]! : relu(add(a, b));
}

/** Mean softmax cross-entropy of logits and truth [N, classes]. Undefined where there is no such kernel. */
export function crossEntropy(logits: Tensor2D, truth: Tensor2D): Scalar | undefined {
  return kernel('SoftmaxCrossEntropy')?.({ logits, truth }, {})[0] as Scalar | undefined;
}

export type StepName = 'SgdStep' | 'MomentumStep' | 'AdamStep';

/**
 * One optimizer step over all variables, in place, on a backend that `hasStep`.
 * @param columns Tensors by letter, one for each variable: `w` variables, `g` gradients, `m` and `s` state.
 */
export function optimizerStep(name: StepName, columns: Record<string, readonly Tensor[]>, attrs: object): void {
  const inputs: Inputs = {};
  for (const [letter, tensors] of Object.entries(columns)) tensors.forEach((one, i) => (inputs[`${letter}${i}`] = one));
  run(name, inputs, attrs);
}

export function hasStep(name: StepName): boolean {
  return kernel(name) !== undefined;
}

// Gradients are not computed before they are asked for, but for those that one kernel yields together.

const fusedConv2DGradient: GradConfig = {
  kernelName: 'FusedConv2D',
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, y] = saved as [Tensor, Tensor, Tensor];
    const [dw, db, dz = dy] = run('FusedConv2DGrad', { x, y, dy: dy as Tensor }, attrs) as [Tensor, Tensor, Tensor?];
    const inputs = { dy: dz as Tensor, filter };
    return {
      x: () => run('Conv2DBackpropInput', inputs, { ...attrs, inputShape: x.shape })[0]!,
      filter: () => dw,
      bias: () => db,
    };
  },
};

const denseGradient: GradConfig = {
  kernelName: '_FusedMatMul',
  inputsToSave: ['a', 'b'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, weight, y] = saved as [Tensor, Tensor, Tensor];
    const [dw, db, dz = dy] = run('_FusedMatMulGrad', { x, y, dy: dy as Tensor }, attrs) as [Tensor, Tensor, Tensor?];
    const inputs = { a: dz as Tensor, b: weight };
    return {
      a: () => run('BatchMatMul', inputs, { transposeA: false, transposeB: true })[0]!,
      b: () => dw,
      bias: () => db,
    };
  },
};

const batchNormGradient: GradConfig = {
  kernelName: 'BatchNormTraining',
  inputsToSave: ['x', 'scale'],
  outputsToSave: [true, true, true],
  gradFunc: (dys, saved, attrs) => {
    const [x, scale, y, mean, inverse] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const dy = (dys as Tensor[])[0]!;
    const [dx, dscale, dshift] = run('BatchNormTrainingGrad', { x, y, dy, mean, inverse, scale }, attrs);
    return { x: () => dx!, scale: () => dscale!, shift: () => dshift! };
  },
};

const addReluGradient: GradConfig = {
  kernelName: 'AddRelu',
  outputsToSave: [true],
  gradFunc: (dy, [y]) => {
    const dz = run('ReluGrad', { dy: dy as Tensor, y: y! }, {})[0]!;
    return { a: () => dz, b: () => dz.clone() }; // each may be freed without the other
  },
};

const crossEntropyGradient: GradConfig = {
  kernelName: 'SoftmaxCrossEntropy',
  outputsToSave: [false, true],
  gradFunc: (dys, [gradient]) => ({ logits: () => mul(gradient!, (dys as Tensor[])[0]!) }),
};

/** Those of the functions above, by the name of their forward kernel. */
export const fusedGradients: readonly GradConfig[] = [
  fusedConv2DGradient,
  denseGradient,
  addReluGradient,
  batchNormGradient,
  crossEntropyGradient,
];
