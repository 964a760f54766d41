import { HandfulError, toHandfulError } from '../../../errors.js';
import { createPipelines } from './pipelines.js';
import type { Pipelines } from './pipelines.js';

/** Bytes of a number. */
export const FLOAT_BYTES = 4;

// Milliseconds within which a browser tells of a lost GPU once its results fail.
const LOSS_DELAY = 500;

// Times that patience lasts for compilers.
const COMPILING = 6;

/** A started GPU: its buffers, counted; its pipelines; and what goes wrong with it. */
export class Gpu {
  readonly pipelines: Pipelines;
  /** Rejects when the GPU is gone; nothing else happens to it. */
  private readonly gone: Promise<never>;
  private readonly owned = new Map<GPUBuffer, number>();
  /** Buffers that results are read from, kept for later use. */
  private readonly idle: GPUBuffer[] = [];
  private lose: (error: HandfulError) => void = () => {};
  /** Why the GPU is gone, if it is. */
  loss: HandfulError | undefined;

  /**
   * @param patience Milliseconds after which a GPU that yields nothing counts as lost.
   */
  constructor(
    readonly device: GPUDevice,
    private readonly patience: number,
  ) {
    this.gone = new Promise((_, reject) => {
      this.lose = (error) => {
        this.loss ??= error;
        reject(this.loss);
      };
    });
    this.gone.catch(() => {});
    void device.lost.then(({ reason, message }) => this.lose(lost(message || reason)));
    this.pipelines = createPipelines(device);
  }

  /** Bytes in use, and those kept for later use too. */
  get memory(): { used: number; reserved: number } {
    const used = [...this.owned.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { used, reserved: this.idle.reduce((sum, { size }) => sum + size, used) };
  }

  /**
   * A buffer of so many bytes, all zero. What is wrong with it is told by `guard`.
   * @throws {HandfulError} `out-of-memory` for what no buffer here can hold; `backend-lost`.
   */
  allocate(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    if (this.loss) throw this.loss;
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > most) throw outOfMemory(size, `at most ${megabytes(most)} MB at once`);
    const buffer = this.device.createBuffer({ size, usage });
    this.owned.set(buffer, size);
    return buffer;
  }

  free(buffer: GPUBuffer): void {
    this.owned.delete(buffer);
    buffer.destroy();
  }

  /**
   * Does work on the device.
   * @returns What it yields, and a promise that rejects if the device finds fault with it.
   */
  guard<T>(work: () => T): { result: T; checked: Promise<void> } {
    const { device } = this;
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    try {
      const result = work();
      return { result, checked: this.errors() };
    } catch (error) {
      this.errors().catch(() => {}); // the scopes have to end; the error is the one that was thrown
      throw error;
    }
  }

  /**
   * Waits for something that the GPU does, or for what its driver compiles, which may take longer.
   * @throws {HandfulError} `backend-lost` if it goes away first, or nothing comes for too long.
   */
  async settle<T>(result: Promise<T>, does: 'runs' | 'compiles' = 'runs'): Promise<T> {
    const patience = this.patience * (does === 'runs' ? 1 : COMPILING);
    const timer = setTimeout(() => this.lose(lost(`nothing came back for ${patience / 1000} s`)), patience);
    try {
      return await Promise.race([result, this.gone]);
    } catch (error) {
      if (error instanceof HandfulError) throw error;
      // What was under way may fail a little before the GPU is known to be lost.
      await Promise.race([this.device.lost, new Promise((done) => setTimeout(done, LOSS_DELAY))]);
      throw this.loss ?? toHandfulError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Encodes commands, and copies some of what they leave: `[buffer, first byte, bytes]` each. One submit, one wait. */
  async run(
    encode: (encoder: GPUCommandEncoder) => void,
    ranges: readonly (readonly [GPUBuffer, number, number])[],
  ): Promise<Float32Array[]> {
    if (this.loss) throw this.loss;
    const total = ranges.reduce((sum, [, , bytes]) => sum + bytes, 0);
    const { result: staging, checked } = this.guard(() => {
      const encoder = this.device.createCommandEncoder();
      encode(encoder);
      const staging = total > 0 ? this.staging(total) : undefined;
      let at = 0;
      for (const [buffer, first, bytes] of ranges) {
        if (staging) encoder.copyBufferToBuffer(buffer, first, staging, at, bytes);
        at += bytes;
      }
      this.device.queue.submit([encoder.finish()]);
      return staging;
    });
    const mapped = staging?.mapAsync(GPUMapMode.READ, 0, total) ?? this.device.queue.onSubmittedWorkDone();
    try {
      await this.settle(Promise.all([checked, mapped]));
    } catch (error) {
      mapped.catch(() => {});
      staging?.destroy();
      throw error;
    }
    if (!staging) return [];
    const all = new Float32Array(staging.getMappedRange(0, total).slice(0));
    staging.unmap();
    this.idle.push(staging);
    let at = 0;
    return ranges.map(([, , bytes]) => all.subarray(at / FLOAT_BYTES, (at += bytes) / FLOAT_BYTES));
  }

  /** Frees what was kept for later use; the device is its owner's to destroy. */
  stop(): void {
    for (const buffer of this.idle.splice(0)) buffer.destroy();
  }

  private staging(bytes: number): GPUBuffer {
    const at = this.idle.findIndex(({ size }) => size >= bytes);
    const [found] = at < 0 ? [] : this.idle.splice(at, 1);
    if (found) return found;
    for (const small of this.idle.splice(0)) small.destroy(); // one that is larger does for all
    const size = 2 ** Math.ceil(Math.log2(Math.max(256, bytes)));
    return this.device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  }

  /** Ends both scopes. */
  private async errors(): Promise<void> {
    const [memory, validation] = [this.device.popErrorScope(), this.device.popErrorScope()];
    if (await memory) throw outOfMemory(this.memory.used, 'no more than there is');
    const error = await validation;
    if (error) throw new HandfulError('internal', `WebGPU refused it: ${error.message}`);
  }
}

const megabytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;

function outOfMemory(bytes: number, most: string): HandfulError {
  const message = `There is no room for ${megabytes(bytes)} MB on this GPU, which has ${most}; try a smaller batch.`;
  return new HandfulError('out-of-memory', message);
}

const lost = (reason: string): HandfulError => new HandfulError('backend-lost', `The GPU went away (${reason}).`);
