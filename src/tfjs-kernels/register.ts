import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { hasSimd } from '../backends/wasm/features.js';
import { heapOf } from './tensor-memory.js';
import type { Heap } from './tensor-memory.js';

export type Inputs = Record<string, TensorInfo>;

/** A kernel of ours. It may answer `undefined` to what it does not do: then tfjs's own kernel of that name is run. */
export interface OwnKernel {
  name: string;
  run(heap: Heap, inputs: Inputs, attrs: never): TensorInfo | TensorInfo[] | undefined;
}

/** Registers kernels on the `wasm` backend in the place of tfjs's; without SIMD tfjs's stay. Safe to call again. */
export function registerOwn(kernels: readonly OwnKernel[]): void {
  if (!hasSimd()) return;
  for (const kernel of kernels) {
    const stock = getKernel(kernel.name, 'wasm');
    if (stock) unregisterKernel(kernel.name, 'wasm');
    registerKernel({
      ...stock,
      kernelName: kernel.name,
      backendName: 'wasm',
      kernelFunc: ownFunction(kernel, stock?.kernelFunc),
    });
  }
}

function ownFunction(kernel: OwnKernel, stock: KernelFunc | undefined): KernelFunc {
  return (call) => {
    const result = kernel.run(heapOf(call.backend), call.inputs as Inputs, call.attrs as never);
    if (result) return result;
    if (!stock) throw new Error(`${kernel.name} on WASM does not take these inputs or attributes.`);
    return stock(call);
  };
}

/** Whether all tensors hold 32-bit floats. */
export function areFloats(...tensors: TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32');
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}
