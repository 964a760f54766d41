// The work that all subjects do: the networks, their first weights, the examples. Seeded, so that each has the same.

import { diskShape, toDiskLayout } from '../../src/models/files/layout.js';
import { initialise } from '../../src/models/initialise.js';
import { random } from '../../src/common/random.js';
import { writeSafetensors } from '../../src/models/files/safetensors.js';
import { segment } from '../../src/backends/operations.js';
import { productsOf } from '../../src/backends/schedule/cost.js';
import { scheduleInference, scheduleTraining } from '../../src/backends/schedule/record.js';
import { lower } from '../../src/models/lowering/lower.js';
import { lenet5, miniVgg, mlp, resnet } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';

export const specs: Record<string, Spec> = {
  lenet5: lenet5(),
  mlp: mlp([784, 512, 256, 128, 64, 10]),
  minivgg: miniVgg(),
  resnet: resnet([2, 2, 2], { input: [32, 32, 3] }),
};

export interface Row {
  kind: 'train' | 'infer';
  batch: number;
  network: string;
  spec: Spec;
  optimizer: 'sgd' | 'adam';
}

/** `train16/lenet5/sgd`, `infer64/mlp` */
export function parse(row: string): Row {
  const [, kind, batch, network, optimizer] = /^(train|infer)(\d+)\/(\w+)(?:\/(\w+))?$/.exec(row)!;
  return { kind, batch: Number(batch), network, spec: specs[network!], optimizer } as Row;
}

/** The weights that a network starts with, as handful lays them out. */
export const weights = (spec: Spec) => initialise(lower(spec), 1);

/** The same as PyTorch lays them out: convolutions [O, I, H, W], dense layers [O, I], flattened channels first. */
export function stateDict(spec: Spec): Map<string, { shape: readonly number[]; data: Float32Array }> {
  const first = weights(spec);
  return new Map(
    lower(spec).parameters.map((parameter) => {
      const data = toDiskLayout(first.get(parameter.name)!.data, parameter);
      return [parameter.name, { shape: diskShape(parameter), data }];
    }),
  );
}

/** Examples and their classes, [N, ...input]. */
export function examples({ input }: Spec, count: number) {
  const next = random(2);
  const size = input.reduce((a, b) => a * b);
  return {
    inputs: Float32Array.from({ length: count * size }, () => next() * 2 - 1),
    classes: Uint8Array.from({ length: count }, (_, i) => i % 10),
  };
}

/** [N, H, W, C] to [N, C, H, W]; other shapes stay. */
export function channelsFirst(values: Float32Array, { input }: Spec) {
  const [height, width, channels] = input.length === 3 ? input : [1, 1, input[0]];
  const pixels = height! * width!;
  const shape = input.length === 3 ? [channels!, height!, width!] : input;
  const data = values.map((_, index) => {
    const pixel = index % pixels;
    const channel = Math.floor(index / pixels) % channels!;
    const image = Math.floor(index / pixels / channels!);
    return values[(image * pixels + pixel) * channels! + channel]!;
  });
  return { shape, data };
}

/** First weights and 64 examples, `x`, as a safetensors file for subjects outside the browser. */
export function fixture(spec: Spec): Uint8Array {
  const { data, shape } = channelsFirst(examples(spec, 64).inputs, spec);
  const tensors = new Map([...stateDict(spec), ['x', { shape: [64, ...shape], data }]]);
  return writeSafetensors(
    new Map([...tensors].map(([name, { shape, data }]) => [name, { dtype: 'F32', shape, bytes: bytesOf(data) }])),
  );
}

export const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** @throws For what a peer's networks have never needed yet. */
export function lacks(what: string): never {
  throw new Error(`This peer has no ${what}; only what the measured networks hold was written for it.`);
}

/** Floating-point operations of one call of a row: those of its convolutions and matrix products. */
export function operations(row: string): number {
  const { kind, batch, spec } = parse(row);
  const part = segment(lower(spec), 0);
  const { steps } = kind === 'train' ? scheduleTraining(part, 'crossEntropy') : scheduleInference(part);
  return (
    2 *
    batch *
    steps.reduce((sum, step) => sum + ('operation' in step && step.pass !== 'loss' ? productsOf(step.operation) : 0), 0)
  );
}
