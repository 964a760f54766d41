import { toHandfulError } from '../../../errors.js';
import type { Kernel } from './kernel.js';
import { shader } from './shader.js';

/** Compiled dispatches; one that runs the same kernels side by side is compiled once. */
export interface Pipelines {
  /** What a program's steps share: weights, arena, optimizer's state. */
  readonly data: GPUBindGroupLayout;
  /** A program's own: its calls. */
  readonly program: GPUBindGroupLayout;
  /** @throws {HandfulError} `internal` if the browser cannot compile it. */
  of(kernels: readonly Kernel[]): Promise<GPUComputePipeline>;
}

export function createPipelines(device: GPUDevice): Pipelines {
  const entry = (binding: number, type: GPUBufferBindingType, hasDynamicOffset = false): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type, hasDynamicOffset },
  });
  const storage = [1, 2, 3, 4, 5, 6].map((binding) => entry(binding, 'storage'));
  const data = device.createBindGroupLayout({ entries: [entry(0, 'uniform', true), ...storage] });
  const program = device.createBindGroupLayout({
    entries: [entry(0, 'uniform', true), entry(1, 'read-only-storage')],
  });
  const layout = device.createPipelineLayout({ bindGroupLayouts: [data, program] });
  const compiled = new Map<string, Promise<GPUComputePipeline>>();
  return {
    data,
    program,
    of(kernels) {
      const key = kernels.map(({ name }) => name).join(' ');
      const found = compiled.get(key) ?? compile(device, layout, kernels, key);
      compiled.set(key, found);
      return found;
    },
  };
}

async function compile(device: GPUDevice, layout: GPUPipelineLayout, kernels: readonly Kernel[], label: string) {
  const module = device.createShaderModule({ code: shader(kernels), label });
  try {
    return await device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: 'main' } });
  } catch (cause) {
    throw toHandfulError(cause);
  }
}
