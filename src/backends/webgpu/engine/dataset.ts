import type { Examples } from '../../executor.js';
import { FLOAT_BYTES } from './gpu.js';
import type { Gpu } from './gpu.js';
import { GATHER, GATHERED_AT_ONCE } from './kernels/gather.js';

/** Which steps' examples go to which slots. */
export interface Gathering {
  readonly batches: readonly number[];
  readonly first: number;
  readonly last: number;
  /** Examples that a slot has room for, and numbers that it takes. */
  readonly slotBatch: number;
  readonly slotFloats: number;
}

/** A data set that stays on the GPU. */
export interface DeviceDataset {
  readonly examples: Examples;
  readonly ready: Promise<void>;
  /** A new epoch, in this order. */
  begin(order: Uint32Array): void;
  /** Copies some steps' examples into the arena's slots. */
  gather(pass: GPUComputePassEncoder, arena: GPUBuffer, gathering: Gathering): void;
  dispose(): void;
}

// What is larger is brought there as it is needed.
const MOST_BYTES = 2 ** 28;

/** @returns Undefined if the data set is too large to stay. @throws {HandfulError} `out-of-memory`, `backend-lost` */
export function createDataset(gpu: Gpu, examples: Examples, size: number, width: number): DeviceDataset | undefined {
  const { inputs, targets } = examples;
  const { device } = gpu;
  const { limits } = device;
  const most = Math.min(MOST_BYTES, limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (inputs.byteLength > most || targets.byteLength > most) return undefined;
  const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage;
  const filled = (values: Float32Array) => {
    const buffer = gpu.allocate(values.byteLength, STORAGE | COPY_DST);
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const count = inputs.length / size;
  const [x, y] = [filled(inputs), filled(targets)];
  const orders = gpu.allocate(FLOAT_BYTES * count, STORAGE | COPY_DST);
  const sizes = gpu.allocate(32, UNIFORM | COPY_DST);
  const buffers = [sizes, x, y, orders];
  let pipeline: GPUComputePipeline | undefined;
  const compiled = device.createComputePipelineAsync({
    label: 'gather',
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: GATHER, label: 'gather' }) },
  });
  return {
    examples,
    ready: compiled.then((made) => void (pipeline = made)),
    begin: (order) => device.queue.writeBuffer(orders, 0, order as Uint32Array<ArrayBuffer>),
    gather(pass, arena, { batches, first, last, slotBatch, slotFloats }) {
      if (!pipeline) throw new Error('A data set is used before it is ready.');
      const upTo = (step: number) => batches.slice(0, step).reduce((sum, batch) => sum + batch, 0);
      // All steps but the last one take as many examples.
      const words = [upTo(first), upTo(last) - upTo(first), batches[first] ?? 1, last - first - 1];
      device.queue.writeBuffer(sizes, 0, Uint32Array.from([...words, size, width, slotBatch * size, slotFloats]));
      pass.setPipeline(pipeline);
      pass.setBindGroup(
        0,
        device.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: [...buffers, arena].map((buffer, binding) => ({ binding, resource: { buffer } })),
        }),
      );
      const groups = Math.ceil(((upTo(last) - upTo(first)) * (size + width)) / GATHERED_AT_ONCE);
      const high = Math.ceil(groups / 65_535);
      pass.dispatchWorkgroups(Math.ceil(groups / high), high);
    },
    dispose: () => buffers.forEach((buffer) => gpu.free(buffer)),
  };
}
