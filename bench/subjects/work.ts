// What all subjects in the browser share: the networks, the examples, and the clock.

import { lenet5, miniVgg, mlp, resnet } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';

export const specs: Record<string, Spec> = {
  lenet5: lenet5(),
  mlp: mlp([784, 512, 256, 128, 64, 10]),
  minivgg: miniVgg(),
  resnet: resnet([2, 2, 2], { input: [32, 32, 3] }),
};

/** `train16/lenet5/sgd`, `infer64/mlp` */
export function parse(row: string) {
  const [, kind, batch, network, optimizer] = /^(train|infer)(\d+)\/(\w+)(?:\/(\w+))?$/.exec(row)!;
  return { kind: kind!, batch: Number(batch), network: network!, optimizer: optimizer as 'sgd' | 'adam' };
}

/** Random examples with labels. */
export function examples(spec: Spec, count: number) {
  const size = spec.input.reduce((a, b) => a * b);
  return {
    inputs: Float32Array.from({ length: count * size }, () => Math.random() * 2 - 1),
    classes: Uint32Array.from({ length: count }, (_, i) => i % 10) as never,
  };
}

/**
 * Floating-point operations of one call of a row: two for each product of a matrix product or convolution. Backwards
 * twice as many, but for the gradient by the first layer's input, which nobody asks for.
 */
export function operations(row: string): number {
  const { kind, batch, network } = parse(row);
  const counts: number[] = [];
  const { input, layers } = specs[network]!;
  count(layers, input, counts);
  const forward = counts.reduce((a, b) => a + b);
  return 2 * batch * (kind === 'train' ? 3 * forward - counts[0]! : forward);
}

/** Products of each layer for one example. @returns the shape after the last. */
function count(layers: Spec['layers'], input: number[], counts: number[]): number[] {
  return layers.reduce((shape, layer) => {
    switch (layer.type) {
      case 'conv2d': {
        const { kernel, filters, stride = 1, padding = 0 } = layer;
        const [height, width] = shape.map((length) => Math.floor((length + 2 * padding - kernel) / stride) + 1);
        counts.push(height! * width! * filters * kernel * kernel * shape[2]!);
        return [height!, width!, filters];
      }
      case 'dense':
        counts.push(shape[0]! * layer.units);
        return [layer.units];
      case 'maxPool':
      case 'avgPool':
        return [Math.floor(shape[0]! / layer.size), Math.floor(shape[1]! / layer.size), shape[2]!];
      case 'globalAvgPool':
        return [shape[2]!];
      case 'flatten':
        return [shape.reduce((a, b) => a * b)];
      case 'residual':
        if (layer.shortcut) count(layer.shortcut, shape, counts);
        return count(layer.body, shape, counts);
      default:
        return shape;
    }
  }, input);
}

/**
 * Lets the page's driver measure: `round(row, calls)` answers milliseconds a call; the first one of a row prepares it
 * and runs it until the engine has optimised it.
 */
export function timed(prepare: (row: string) => () => Promise<void>, info: object = {}): void {
  const prepared = new Map<string, () => Promise<void>>();
  Object.assign(globalThis, {
    info,
    operations,
    async round(row: string, calls: number): Promise<number> {
      let call = prepared.get(row);
      if (!call) {
        call = prepare(row);
        prepared.set(row, call);
        for (let i = 0; i < 2 * calls + 10; i++) await call();
      }
      const start = performance.now();
      for (let i = 0; i < calls; i++) await call();
      return (performance.now() - start) / calls;
    },
  });
}
