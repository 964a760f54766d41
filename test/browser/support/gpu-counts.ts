/** What was asked of the GPU. */
export interface GpuCounts {
  dispatches: number;
  submits: number;
  readBacks: number;
  /** Writes from the CPU's side, and their bytes. */
  writes: number;
  bytes: number;
  pipelines: number;
}

const none = (): GpuCounts => ({ dispatches: 0, submits: 0, readBacks: 0, writes: 0, bytes: 0, pipelines: 0 });

let counts = none();

/** Counts what `work` asks of the GPU, beside what it really does. */
export async function countGpu(work: () => Promise<unknown>): Promise<GpuCounts> {
  const restore = watch();
  counts = none();
  try {
    await work();
    return counts;
  } finally {
    restore();
  }
}

function watch(): () => void {
  const originals = [
    spy(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => counts.dispatches++),
    spy(GPUQueue.prototype, 'submit', () => counts.submits++),
    spy(GPUBuffer.prototype, 'mapAsync', () => counts.readBacks++),
    spy(GPUQueue.prototype, 'writeBuffer', (_buffer, _offset, data) => {
      counts.writes++;
      counts.bytes += (data as ArrayBuffer | ArrayBufferView).byteLength;
    }),
    spy(GPUDevice.prototype, 'createComputePipelineAsync', () => counts.pipelines++),
    spy(GPUDevice.prototype, 'createComputePipeline', () => {
      throw new Error('A pipeline is compiled while everything waits.');
    }),
  ];
  return () => originals.forEach((restore) => restore());
}

/** Looks at a method's arguments before it runs. */
function spy<T extends object>(owner: T, name: keyof T & string, look: (...args: unknown[]) => void): () => void {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  if (typeof original?.value !== 'function') throw new Error(`${name} is no method here.`);
  const method = original.value as (this: unknown, ...args: unknown[]) => unknown;
  Object.defineProperty(owner, name, {
    ...original,
    value(this: unknown, ...args: unknown[]) {
      look(...args);
      return method.apply(this, args);
    },
  });
  return () => Object.defineProperty(owner, name, original);
}
