// handful's own training step and inference, as its worker runs them. `?backend=webgpu`, `?threads=1`.

import { openWasm } from '../../src/backends/wasm/open.js';
import { openWebgpu } from '../../src/backends/webgpu/open.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import { subject } from './clock.js';
import type { Call } from './clock.js';
import { examples, specs, weights } from './work.js';
import type { Row } from './work.js';

const query = new URLSearchParams(location.search);
const threads = query.has('threads') ? { threads: Number(query.get('threads')) } : {};
const device = query.get('backend') === 'webgpu' ? await openWebgpu() : await openWasm(threads);
await device.ready();

function prepare({ kind, batch, spec, optimizer }: Row, learningRate: number): Call {
  const network = new Network(lower(spec), weights(spec), device);
  const { inputs, classes } = examples(spec, batch);
  if (kind === 'infer') return () => network.infer(inputs, batch, 0, spec.layers.length);
  const learner = network.learner({ optimizer, momentum: 0, from: 0 });
  const truth = Float32Array.from({ length: batch * 10 }, (_, i) => Number(classes[Math.floor(i / 10)] === i % 10));
  return async () => [(await learner.step(inputs, truth, learningRate)).loss];
}

/** Bytes that networks hold on the device: how many more they are after so many steps than after the first hundred. */
async function growth(steps: number): Promise<number> {
  const call = prepare({ kind: 'train', batch: 16, network: 'lenet5', spec: specs.lenet5!, optimizer: 'adam' }, 1e-3);
  for (let i = 0; i < 100; i++) await call();
  const before = device.memory().used;
  for (let i = 0; i < steps; i++) await call();
  return device.memory().used - before;
}

Object.assign(globalThis, { growth });
subject(prepare, { ...device.info });
