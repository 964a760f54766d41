import type { Device } from '../backends/device.js';
import * as fused from '../backends/fused.js';
import * as tf from '../backends/tf.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '../backends/tf.js';
import type { BatchNormLayer, Layer } from '../types.js';
import type { WeightArray, Weights } from './model.js';
import { isTrainable, poolStride } from './spec.js';
import type { Plan } from './spec.js';

export interface ForwardOptions {
  /** Batch norm normalises with the batch and updates its running statistics. */
  training?: boolean;
  /** First and one past the last top-level layer to run. Default: all. */
  from?: number;
  to?: number;
}

/** A plan with weights on a device. Owns its variables until `dispose`. */
export class Network {
  private readonly variables = new Map<string, Variable>();

  constructor(
    readonly plan: Plan,
    weights: Weights,
    readonly device: Device,
  ) {
    device.run(() => {
      for (const { name, shape, ...parameter } of plan.parameters) {
        const initial = tf.tensor(copyOf(weights, name), shape);
        this.variables.set(name, tf.variable(initial, isTrainable({ name, shape, ...parameter })));
        initial.dispose();
      }
    });
  }

  /**
   * Logits of a batch, or features after layer `to`. Call within `device.run` and `tidy`.
   * @param x [N, ...input] of layer `from`, standardised.
   */
  forward(x: Tensor, { training = false, from = 0, to = this.plan.spec.layers.length }: ForwardOptions = {}): Tensor {
    return this.sequence(this.plan.spec.layers.slice(from, to), x, training);
  }

  /** What gradients may change from top-level layer `from` on, by name. */
  trainable(from = 0): Map<string, Variable> {
    const parameters = this.plan.parameters.filter((parameter) => parameter.layer >= from && isTrainable(parameter));
    return new Map(parameters.map(({ name }) => [name, this.variables.get(name)!]));
  }

  /** A copy of all weights on the CPU side. */
  async read(): Promise<Weights> {
    const entries = this.plan.parameters.map(async ({ name, shape }): Promise<[string, WeightArray]> => {
      const data = (await this.device.settle(this.variables.get(name)!.data())) as Float32Array;
      return [name, { shape: [...shape], data: data.slice() }];
    });
    return new Map(await Promise.all(entries));
  }

  /** Overwrites all weights. */
  write(weights: Weights): void {
    this.device.run(() => {
      for (const [name, variable] of this.variables) {
        const value = tf.tensor(copyOf(weights, name), variable.shape);
        variable.assign(value);
        value.dispose();
      }
    });
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }

  private sequence(layers: readonly Layer[], x: Tensor, training: boolean): Tensor {
    return layers.reduce((current, layer) => this.layer(layer, current, training), x);
  }

  private layer(layer: Layer, x: Tensor, training: boolean): Tensor {
    switch (layer.type) {
      case 'conv2d':
        return fused.conv2d(
          x as Tensor4D, // [N, H, W, Ci]
          this.variables.get(`${layer.name}.weight`) as Tensor as Tensor4D, // [K, K, Ci, Co]
          this.variables.get(`${layer.name}.bias`) as Tensor as Tensor1D | undefined,
          { stride: layer.stride ?? 1, pad: layer.padding ?? 0, activation: layer.activation ?? 'linear' },
        );
      case 'dense':
        return fused.dense(
          x as Tensor2D, // [N, in]
          this.variables.get(`${layer.name}.weight`) as Tensor as Tensor2D, // [in, units]
          this.variables.get(`${layer.name}.bias`) as Tensor as Tensor1D | undefined,
          layer.activation ?? 'linear',
        );
      case 'batchNorm': {
        const inOne = training && this.normaliseInOne(layer, x);
        if (inOne) return inOne;
        const y = training ? this.normaliseBatch(layer, x) : this.normalise(layer, x);
        return layer.activation ? tf.relu(y) : y;
      }
      case 'maxPool':
        return tf.maxPool(x as Tensor4D, layer.size, poolStride(layer), 'valid');
      case 'avgPool':
        return tf.avgPool(x as Tensor4D, layer.size, poolStride(layer), 'valid');
      case 'globalAvgPool':
        return tf.mean(x, [1, 2]); // [N, C]
      case 'flatten':
        return tf.reshape(x, [x.shape[0]!, -1]);
      case 'residual': {
        const body = this.sequence(layer.body, x, training);
        const shortcut = layer.shortcut ? this.sequence(layer.shortcut, x, training) : x;
        return layer.activation ? fused.addRelu(body, shortcut) : tf.add(body, shortcut);
      }
    }
  }

  /** (x - running mean) / sqrt(running variance + epsilon) · scale + shift (Ioffe and Szegedy 2015). */
  private normalise({ name, epsilon = 1e-5 }: BatchNormLayer, x: Tensor): Tensor {
    const get = (suffix: string) => this.variables.get(`${name}.${suffix}`) as Tensor as Tensor1D;
    return tf.batchNorm(x, get('running_mean'), get('running_var'), get('bias'), get('weight'), epsilon);
  }

  /** What `normaliseBatch` does, activation included, where the backend has a kernel for it. */
  private normaliseInOne({ name, epsilon = 1e-5, momentum = 0.1, ...layer }: BatchNormLayer, x: Tensor) {
    const activation = layer.activation ?? 'linear';
    const get = (suffix: string) => this.variables.get(`${name}.${suffix}`)!;
    const [scale, shift] = [get('weight'), get('bias')];
    const [runningMean, runningVariance] = [get('running_mean'), get('running_var')];
    return fused.batchNormTraining(
      { x, scale, shift, runningMean, runningVariance },
      { epsilon, momentum, activation },
    );
  }

  /** The same with the batch's own mean and variance; the running ones move towards them by `momentum`. */
  private normaliseBatch({ name, epsilon = 1e-5, momentum = 0.1 }: BatchNormLayer, x: Tensor): Tensor {
    const get = (suffix: string) => this.variables.get(`${name}.${suffix}`)!;
    const axes = x.shape.map((_, axis) => axis).slice(0, -1);
    const mean = tf.mean(x, axes); // [C]
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), axes); // [C], biased

    // PyTorch normalises with the biased variance and remembers the unbiased one.
    const count = x.size / x.shape[x.shape.length - 1]!;
    const move = (variable: Variable, value: Tensor) =>
      variable.assign(tf.add(tf.mul(variable, 1 - momentum), tf.mul(value, momentum)));
    move(get('running_mean'), mean);
    move(get('running_var'), tf.mul(variance, count / Math.max(1, count - 1)));

    const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), get('weight')); // [C]
    return tf.add(tf.mul(centred, scale), get('bias'));
  }
}

/** WebGPU uploads values when they are first used, and until then keeps the very array it was given. */
function copyOf(weights: Weights, name: string): Float32Array {
  return weights.get(name)!.data.slice();
}
