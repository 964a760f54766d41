import * as tf from '../tf.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '../tf.js';
import { shapeBefore } from '../executor.js';
import type { Architecture, Executor, Learner, LearnerOptions } from '../executor.js';
import type { Activation, BatchNormLayer, Layer } from '../../types.js';
import type { TensorDevice } from './device.js';
import { createLearner } from './learner.js';

/** A network as tfjs's operations. */
export class TensorExecutor implements Executor {
  private readonly variables = new Map<string, Variable>();

  constructor(
    private readonly device: TensorDevice,
    readonly architecture: Architecture,
  ) {
    device.run(() =>
      tf.tidy(() => {
        for (const { name, shape, learns } of architecture.parameters)
          this.variables.set(name, tf.variable(tf.zeros(shape), learns));
      }),
    );
  }

  async infer(inputs: Float32Array, count: number, from: number, to: number): Promise<Float32Array> {
    const result = this.device.run(() =>
      tf.tidy(() => this.forward(tf.tensor(inputs, [count, ...shapeBefore(this.architecture, from)]), { from, to })),
    );
    try {
      return (await this.device.settle(result.data())) as Float32Array;
    } finally {
      result.dispose();
    }
  }

  learner(options: LearnerOptions): Learner {
    return createLearner(this, this.device, options);
  }

  async read(name: string): Promise<Float32Array> {
    const data = await this.device.settle(this.variables.get(name)!.data());
    return (data as Float32Array).slice();
  }

  write(name: string, values: Float32Array): void {
    const variable = this.variables.get(name)!;
    this.device.run(() => {
      // WebGPU uploads values when they are first used, and until then keeps the very array it was given.
      const tensor = tf.tensor(values.slice(), variable.shape);
      variable.assign(tensor);
      tensor.dispose();
    });
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }

  /**
   * Logits of a batch, or features after layer `to`. Call within `device.run` and `tidy`.
   * @param x [N, ...] of layer `from`.
   * @param training Batch norm normalises with the batch and updates its running statistics.
   */
  forward(
    x: Tensor,
    { training = false, from = 0, to = Infinity }: { training?: boolean; from?: number; to?: number },
  ): Tensor {
    return this.sequence(this.architecture.spec.layers.slice(from, to), x, training);
  }

  /** What gradients may change from top-level layer `from` on, by name. */
  learning(from: number): Map<string, Variable> {
    const parameters = this.architecture.parameters.filter(({ layer, learns }) => learns && layer >= from);
    return new Map(parameters.map(({ name }) => [name, this.variables.get(name)!]));
  }

  private sequence(layers: readonly Layer[], x: Tensor, training: boolean): Tensor {
    return layers.reduce((current, layer) => this.layer(layer, current, training), x);
  }

  private layer(layer: Layer, x: Tensor, training: boolean): Tensor {
    switch (layer.type) {
      case 'conv2d':
        return smooth(
          tf.fused.conv2d({
            x: x as Tensor4D, // [N, H, W, Ci]
            filter: this.variables.get(`${layer.name}.weight`) as Tensor as Tensor4D, // [K, K, Ci, Co]
            bias: this.variables.get(`${layer.name}.bias`) as Tensor as Tensor1D | undefined,
            strides: layer.stride ?? 1,
            pad: layer.padding ?? 0,
            dimRoundingMode: 'floor',
            activation: fused(layer.activation),
          }),
          layer.activation,
        );
      case 'dense':
        return smooth(
          tf.fused.matMul({
            a: x as Tensor2D, // [N, in]
            b: this.variables.get(`${layer.name}.weight`) as Tensor as Tensor2D, // [in, units]
            bias: this.variables.get(`${layer.name}.bias`) as Tensor as Tensor1D | undefined,
            activation: fused(layer.activation),
          }),
          layer.activation,
        );
      case 'batchNorm': {
        const y = training ? this.normaliseBatch(layer, x) : this.normalise(layer, x);
        return activate(y, layer.activation);
      }
      case 'maxPool':
        return tf.maxPool(x as Tensor4D, layer.size, layer.stride ?? layer.size, 'valid');
      case 'avgPool':
        return tf.avgPool(x as Tensor4D, layer.size, layer.stride ?? layer.size, 'valid');
      case 'globalAvgPool':
        return tf.mean(x, [1, 2]); // [N, C]
      case 'flatten':
        return tf.reshape(x, [x.shape[0]!, -1]);
      case 'residual': {
        const body = this.sequence(layer.body, x, training);
        const shortcut = layer.shortcut ? this.sequence(layer.shortcut, x, training) : x;
        const sum = tf.add(body, shortcut);
        return activate(sum, layer.activation);
      }
    }
  }

  /** (x - running mean) / sqrt(running variance + epsilon) · scale + shift (Ioffe and Szegedy 2015). */
  private normalise({ name, epsilon = 1e-5 }: BatchNormLayer, x: Tensor): Tensor {
    const get = (suffix: string) => this.variables.get(`${name}.${suffix}`) as Tensor as Tensor1D;
    return tf.batchNorm(x, get('running_mean'), get('running_var'), get('bias'), get('weight'), epsilon);
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

/** What tfjs does within a convolution or a matrix product; it has no gradient of tanh there. */
const fused = (activation?: Activation) => (activation === 'relu' ? 'relu' : 'linear');

/** What it then does not. */
const smooth = (x: Tensor, activation?: Activation): Tensor => (activation === 'relu' ? x : activate(x, activation));

function activate(x: Tensor, activation?: Activation): Tensor {
  return activation ? tf[activation](x) : x;
}
