import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { hasSimd } from '../backends/wasm/features.js';
import { tensorMemory } from './tensor-memory.js';
import type { TensorMemory } from './tensor-memory.js';

/** A kernel of ours under a name of TensorFlow.js's. */
export interface TfjsKernel {
  name: string;
  /** @returns undefined for what it does not do: then TensorFlow.js's own kernel of that name is run. */
  run(memory: TensorMemory, inputs: never, attrs: never): TensorInfo | TensorInfo[] | undefined;
}

/** Registers kernels on the `wasm` backend in the place of its own; without SIMD those stay. Safe to call again. */
export function registerKernels(kernels: readonly TfjsKernel[]): void {
  if (!hasSimd()) return;
  for (const kernel of kernels) {
    const stock = getKernel(kernel.name, 'wasm');
    if (stock) unregisterKernel(kernel.name, 'wasm');
    registerKernel({
      ...stock,
      kernelName: kernel.name,
      backendName: 'wasm',
      kernelFunc: withFallback(kernel, stock?.kernelFunc),
    });
  }
}

function withFallback(kernel: TfjsKernel, stock: KernelFunc | undefined): KernelFunc {
  return (call) => {
    const result = kernel.run(tensorMemory(call.backend), call.inputs as never, call.attrs as never);
    if (result) return result;
    if (!stock) throw new Error(`${kernel.name} on WASM does not take these inputs or attributes.`);
    return stock(call);
  };
}

/** Whether all tensors hold 32-bit floats. */
export function areFloats(...tensors: TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32');
}
