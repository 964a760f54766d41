import type { Device } from '../backends/device.js';
import type { Executor, Learner, LearnerOptions } from '../backends/executor.js';
import type { WeightArray, Weights } from './model.js';
import type { Architecture } from './lowering/lower.js';

/** An architecture with weights on a device. Owns what it holds there until `dispose`. */
export class Network {
  private readonly executor: Executor;

  constructor(
    readonly architecture: Architecture,
    weights: Weights,
    readonly device: Device,
  ) {
    this.executor = device.executor(architecture);
    try {
      this.write(weights);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * What top-level layer `to` (not included) yields for a batch: logits, if it is past the last.
   * @param inputs [count, ...] of layer `from`, standardised, flat; a buffer only where it is one of this device's.
   */
  infer(inputs: Float32Array | GPUBuffer, count: number, from: number, to: number): Promise<Float32Array> {
    return this.executor.infer(inputs, count, from, to);
  }

  /** What makes this network learn; the caller disposes of it. */
  learner(options: LearnerOptions): Learner {
    return this.executor.learner(options);
  }

  /** A copy of all weights on the CPU side. */
  async read(): Promise<Weights> {
    const entries = this.architecture.parameters.map(async ({ name, shape }): Promise<[string, WeightArray]> => {
      return [name, { shape: [...shape], data: await this.executor.read(name) }];
    });
    return new Map(await Promise.all(entries));
  }

  /** Overwrites all weights. */
  write(weights: Weights): void {
    for (const { name } of this.architecture.parameters) {
      const array = weights.get(name);
      if (!array) throw new Error(`The weights '${name}' are missing.`);
      this.executor.write(name, array.data);
    }
  }

  dispose(): void {
    this.executor.dispose();
  }
}
