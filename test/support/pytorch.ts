// PyTorch's answers (test/fixtures/make_fixtures.py) in handful's own layout.

import { toMemoryLayout } from '../../src/models/files/layout.js';
import type { Weights } from '../../src/models/model.js';
import type { Architecture } from '../../src/models/lowering/lower.js';
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
  const [, channels = 1, height = 1, width = 1] = shape;
  const pixels = height * width;
  const result = new Float32Array(data.length);
  for (const [i, value] of data.entries()) {
    const [pixel, channel] = [i % pixels, Math.floor(i / pixels) % channels];
    const image = Math.floor(i / (pixels * channels));
    result[(image * pixels + pixel) * channels + channel] = value;
  }
  return result;
}

/** Those of the network's parameters that are there, in the layout that networks compute with. */
export function inMemoryLayout({ parameters }: Architecture, tensors: Tensors): Weights {
  return new Map(
    parameters.flatMap((parameter) => {
      const { name, shape } = parameter;
      const tensor = tensors[name];
      return tensor ? [[name, { shape, data: toMemoryLayout(tensor.data, parameter) }]] : [];
    }),
  );
}
