// jax-js on WASM or, by `?backend=webgpu`, on WebGPU: a whole training step is one jitted function. Channels first, as its
// convolutions are.

import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { inputsOf } from '../../src/backends/fusion.js';
import type { LoweredNetwork, Operation, Value } from '../../src/backends/operations.js';
import { lower } from '../../src/models/lowering/lower.js';
import { subject } from './clock.js';
import type { Call } from './clock.js';
import { channelsFirst, examples, lacks, stateDict } from './work.js';
import type { Row } from './work.js';

const backend = new URLSearchParams(location.search).get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
if (!(await init(backend)).includes(backend)) throw new Error(`jax-js could not start its ${backend} backend`);
defaultDevice(backend);

type Tensor = np.Array;
type Parameters = Record<string, Tensor>;

/** Arrays are owned: passing one consumes it, `.ref` keeps it. So the last operation that reads a value gets it. */
function run({ operations, boundaries }: LoweredNetwork, get: Parameters, x: Tensor, training: boolean): Tensor {
  const uses = new Map<Value, number>();
  for (const operation of operations)
    for (const value of inputsOf(operation)) uses.set(value, (uses.get(value) ?? 0) + 1);
  const values = new Map<Value, Tensor>(boundaries.slice(0, 1).map((input) => [input, x]));
  const take = (value: Value): Tensor => {
    const left = uses.get(value)! - 1;
    uses.set(value, left);
    return left > 0 ? values.get(value)!.ref : values.get(value)!;
  };
  for (const operation of operations) values.set(operation.y, forward(operation, take, get, training));
  return values.get(boundaries.at(-1)!)!;
}

function forward(operation: Operation, take: (value: Value) => Tensor, get: Parameters, training: boolean): Tensor {
  const parameter = (name: string) => get[name]!.ref;
  const perChannel = (value: Tensor) => value.reshape([1, -1, 1, 1]);
  const x = take(operation.x);
  switch (operation.kind) {
    case 'conv2d': {
      const { stride, padding, weight, bias } = operation;
      const [top, bottom, left, right] = padding;
      const pads: [number, number][] = [
        [top, bottom],
        [left, right],
      ];
      const y = lax.convGeneralDilated(x, parameter(weight), [stride, stride], pads);
      return bias === undefined ? y : y.add(perChannel(parameter(bias)));
    }
    case 'dense':
      return np.matmul(x, parameter(operation.weight).transpose()).add(parameter(operation.bias!));
    case 'batchNorm': {
      const { runningMean, runningVariance, scale: factor, shift } = operation;
      const mean = training ? np.mean(x.ref, [0, 2, 3], { keepdims: true }) : perChannel(parameter(runningMean));
      const centred = x.sub(mean);
      const variance = training
        ? np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true })
        : perChannel(parameter(runningVariance));
      const scale = perChannel(parameter(factor)).div(np.sqrt(variance.add(operation.epsilon)));
      return centred.mul(scale).add(perChannel(parameter(shift)));
    }
    case 'activation':
      if (operation.activation !== 'relu') return lacks(operation.activation);
      return nn.relu(x);
    case 'depthwiseConv2d':
    case 'dropout':
      return lacks(operation.kind);
    case 'maxPool':
      return lax.reduceWindow(x, np.max, [...operation.window], [...operation.stride]);
    case 'avgPool':
      return np.mean(x, [2, 3], { keepdims: true }); // the networks have it over whole images alone
    case 'flatten':
      return x.reshape([x.shape[0]!, -1]);
    case 'add':
      return x.add(take(operation.addend));
  }
}

async function prepare({ kind, batch, spec, optimizer }: Row, learningRate: number): Promise<Call> {
  const all = [...stateDict(spec)].map(([name, { shape, data }]) => [name, np.array(data).reshape(shape)] as const);
  const { inputs, classes } = examples(spec, batch);
  const { data, shape } = channelsFirst(inputs, spec);
  const x = () => np.array(data).reshape([batch, ...shape]);
  const lowered = lower(spec);
  const network = (get: Parameters, x: Tensor, training: boolean) => {
    const logits = run(lowered, get, x, training);
    tree.dispose(get);
    return logits;
  };

  if (kind === 'infer') {
    const infer = jit((get: Parameters, x: Tensor) => network(get, x, false));
    const get = Object.fromEntries(all);
    return () => infer(tree.ref(get), x()).data() as Promise<Float32Array>;
  }

  const lossAndGradients = valueAndGrad((get: Parameters, x: Tensor, y: Tensor) => {
    return nn
      .logSoftmax(network(get, x, true))
      .mul(y)
      .sum()
      .mul(-1 / batch);
  });
  type State = { get: Parameters; first: Parameters; second: Parameters };
  const step = jit((state: State, x: Tensor, y: Tensor, rates: Tensor) => {
    const [loss, gradients] = lossAndGradients(tree.ref(state.get), x, y) as [Tensor, Parameters];
    const next: State = { get: {}, first: {}, second: {} };
    for (const [name, value] of Object.entries(state.get)) {
      const gradient = gradients[name]!;
      if (optimizer === 'sgd') {
        next.get[name] = value.sub(gradient.mul(learningRate));
        continue;
      }
      const first = state.first[name]!.mul(0.9).add(gradient.ref.mul(0.1));
      const second = state.second[name]!.mul(0.999).add(np.square(gradient).mul(0.001));
      const [a, b] = [rates.ref.slice(0), rates.ref.slice(1)];
      next.first[name] = first.ref;
      next.second[name] = second.ref;
      next.get[name] = value.sub(first.mul(a).div(np.sqrt(second.mul(b)).add(1e-8)));
    }
    rates.dispose();
    return [loss, next] as const;
  });

  const trained = all.filter(([name]) => !name.includes('running'));
  for (const [name, value] of all) if (name.includes('running')) value.dispose();
  const zeros = () =>
    optimizer === 'sgd' ? {} : Object.fromEntries(trained.map(([name, value]) => [name, np.zeros(value.shape)]));
  let state: State = { get: Object.fromEntries(trained), first: zeros(), second: zeros() };
  const truth = Float32Array.from({ length: batch * 10 }, (_, i) => Number(classes[Math.floor(i / 10)] === i % 10));
  let time = 0;
  return async () => {
    time++;
    const rates = np.array([learningRate / (1 - 0.9 ** time), 1 / (1 - 0.999 ** time)]);
    const [loss, next] = step(state, x(), np.array(truth).reshape([batch, 10]), rates);
    state = next;
    await blockUntilReady(state);
    return loss.data() as Promise<Float32Array>;
  };
}

// It has more threads where pages are isolated, which its page is not.
subject(prepare, backend === 'wasm' ? { threads: 1 } : {});
