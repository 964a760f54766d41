import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import { sizeOf } from '../own.js';
import type { Inputs, OwnKernel } from '../own.js';
import { geometryOf, runFilterGradient } from './conv2d.js';
import type { ConvAttrs } from './conv2d.js';

// Backward passes that are one kernel each, under names of our own (see src/backends/fused.ts, which calls them).

/** dy through ReLU: dy itself without one. */
function throughRelu(heap: Heap, dy: TensorInfo, y: TensorInfo, activation: string | undefined): TensorInfo {
  if (activation !== 'relu') return dy;
  const dz = heap.make(dy.shape);
  heap.exports.f32_relu_gradient!(...[dy, y, dz].map(heap.at), sizeOf(dy.shape));
  return dz;
}

/** [dw, db, dz] of x, y and dy: by the filter, by the bias, and by what went into the activation. */
function conv2DGradient(heap: Heap, { x, y, dy }: Inputs, attrs: ConvAttrs): TensorInfo[] {
  const geometry = geometryOf(x!.shape, attrs.filterShape!, attrs)!;
  const dz = throughRelu(heap, dy!, y!, attrs.activation);
  const dw = heap.make(attrs.filterShape!);
  const db = heap.make([attrs.filterShape![3]!]);
  runFilterGradient(heap, geometry, x!, dz, dw, db);
  return dz === dy ? [dw, db] : [dw, db, dz];
}

/** The same of a dense layer: x [N, in], y and dy [N, units]. */
function denseGradient(heap: Heap, { x, y, dy }: Inputs, attrs: { activation?: string }): TensorInfo[] {
  const [batch, inputs] = x!.shape as [number, number];
  const units = dy!.shape[1]!;
  const dz = throughRelu(heap, dy!, y!, attrs.activation);
  const dw = heap.make([inputs, units]);
  const db = heap.make([units]);
  const scratch = heap.scratch(heap.exports.f32_matmul_scratch!(units, batch));
  heap.exports.f32_matmul_tn!(...[x!, dz, dw].map(heap.at), inputs, units, batch, 0, ...scratch);
  heap.exports.f32_sum_rows!(heap.at(dz), heap.at(db), batch, units);
  return dz === dy ? [dw, db] : [dw, db, dz];
}

/** [y, mean, inverse] of x [..., C]; the running statistics change in place. */
function batchNorm(
  heap: Heap,
  { x, scale, shift, runningMean, runningVariance }: Inputs,
  { epsilon, momentum, activation }: { epsilon: number; momentum: number; activation?: string },
): TensorInfo[] {
  const channels = scale!.shape[0]!;
  const [y, mean, inverse] = [heap.make(x!.shape), heap.make([channels]), heap.make([channels])];
  const tensors = [x!, scale!, shift!, runningMean!, runningVariance!, y!, mean!, inverse!];
  const sizes = [sizeOf(x!.shape) / channels, channels, epsilon, momentum, Number(activation === 'relu')];
  heap.exports.f32_batch_norm!(...tensors.map(heap.at), ...sizes);
  return [y!, mean!, inverse!];
}

/** [dx, dscale, dshift] */
function batchNormGradient(
  heap: Heap,
  { x, y, dy, mean, inverse, scale }: Inputs,
  { activation }: { activation?: string },
): TensorInfo[] {
  const channels = scale!.shape[0]!;
  const results = [heap.make(x!.shape), heap.make([channels]), heap.make([channels])];
  const addresses = [x!, y!, dy!, mean!, inverse!, scale!, ...results].map(heap.at);
  if (activation !== 'relu') addresses[1] = 0;
  const scratch = heap.scratch(heap.exports.f32_batch_norm_gradient_scratch!(channels));
  heap.exports.f32_batch_norm_gradient!(...addresses, sizeOf(x!.shape) / channels, channels, ...scratch);
  return results;
}

/** [loss, gradient] of logits and truth [N, classes]. */
function softmaxCrossEntropy(heap: Heap, { logits, truth }: Inputs): TensorInfo[] {
  const [loss, gradient] = [heap.make([]), heap.make(logits!.shape)];
  const [rows, columns] = logits!.shape as [number, number];
  heap.exports.f32_softmax_cross_entropy!(...[logits!, truth!, loss, gradient].map(heap.at), rows, columns);
  return [loss, gradient];
}

/** ReLU of a sum of two tensors of the same shape. */
function addRelu(heap: Heap, { a, b }: Inputs): TensorInfo {
  const c = heap.make(a!.shape);
  heap.exports.f32_add_relu!(...[a!, b!, c].map(heap.at), sizeOf(a!.shape));
  return c;
}

function reluGradient(heap: Heap, { y, dy }: Inputs): TensorInfo {
  return throughRelu(heap, dy!, y!, 'relu');
}

export const addReluForward: OwnKernel = { name: 'AddRelu', run: addRelu };
export const reluGrad: OwnKernel = { name: 'ReluGrad', run: reluGradient };
export const fusedConv2DGrad: OwnKernel = { name: 'FusedConv2DGrad', run: conv2DGradient };
export const denseGrad: OwnKernel = { name: '_FusedMatMulGrad', run: denseGradient };
export const batchNormTraining: OwnKernel = { name: 'BatchNormTraining', run: batchNorm };
export const batchNormTrainingGrad: OwnKernel = { name: 'BatchNormTrainingGrad', run: batchNormGradient };
export const softmaxCrossEntropyLoss: OwnKernel = { name: 'SoftmaxCrossEntropy', run: softmaxCrossEntropy };
