// PyTorch's answers (test/fixtures/make_fixtures.py) in handful's own layout.

import { toMemoryLayout } from '../../src/models/files/layout.js';
import type { Weights } from '../../src/models/model.js';
import type { Plan } from '../../src/models/spec.js';
import type { OptimizerName, Spec } from '../../src/types.js';

/** Flat values in PyTorch's layout. */
export interface PytorchTensor {
  shape: number[];
  data: number[];
}

type Tensors = Record<string, PytorchTensor>;

export interface LayerCase {
  spec: Spec;
  training: boolean;
  input: PytorchTensor;
  parameters: Tensors;
  /** What goes into the dense layer at the end, where that is no part of the case. */
  hidden?: PytorchTensor;
  output: PytorchTensor;
  /** What the gradients of `output` are weighted with. */
  upstream: PytorchTensor;
  inputGradient: PytorchTensor;
  gradients: Tensors;
  /** Running statistics after the forward pass. */
  after?: Tensors;
}

export interface LossCase {
  title: string;
  logits: PytorchTensor;
  labels: number[];
  losses: PytorchTensor;
  loss: number;
  gradient: PytorchTensor;
}

export interface OptimizerCases {
  start: Tensors;
  gradients: Tensors[];
  cases: {
    optimizer: OptimizerName;
    options: { learningRate: number; momentum?: number; weightDecay?: number };
    after: Record<string, Tensors>;
  }[];
}

export interface NetworkCase {
  spec: Spec;
  input: PytorchTensor;
  logits: PytorchTensor;
}

/** From [N, C, H, W] to [N, H, W, C]; other shapes as they are. */
export function channelsLast({ shape, data }: PytorchTensor): Float32Array {
  if (shape.length !== 4) return Float32Array.from(data);
  const [count, channels, height, width] = shape;
  const pixels = height * width;
  const result = new Float32Array(data.length);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) result[(n * pixels + p) * channels + c] = data[(n * channels + c) * pixels + p];
  return result;
}

/** Those of the plan's parameters that are there, in the layout that networks compute with. */
export function inMemoryLayout({ parameters }: Plan, tensors: Tensors): Weights {
  return new Map(
    parameters
      .filter(({ name }) => name in tensors)
      .map((parameter) => [
        parameter.name,
        { shape: parameter.shape, data: toMemoryLayout(tensors[parameter.name].data, parameter) },
      ]),
  );
}
