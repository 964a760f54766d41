// handful's own training step and inference, as its worker runs them.

import * as tf from '../../src/backends/tf.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { initialise } from '../../src/models/initialise.js';
import { Network } from '../../src/models/network.js';
import { plan } from '../../src/models/spec.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { trainStep } from '../../src/training/step.js';
import { examples, parse, specs, timed } from './work.js';

const device = await openWasm({});

function prepare(row: string): () => Promise<void> {
  const { kind, batch, network: name, optimizer } = parse(row);
  const spec = specs[name]!;
  const network = new Network(plan(spec), initialise(plan(spec), 1), device);
  const data = examples(spec, batch);
  if (kind === 'infer')
    return async () => {
      const y = device.run(() => tf.tidy(() => network.forward(tf.tensor(data.inputs, [batch, ...spec.input]))));
      await y.data();
      y.dispose();
    };
  const update = createOptimizer(network.trainable(), { optimizer, momentum: 0 });
  const indices = Uint32Array.from(data.classes.keys());
  return async () => {
    const { loss, logits } = trainStep(network, data, indices, update, 1e-3);
    await loss.data();
    loss.dispose();
    logits.dispose();
  };
}

timed(prepare, { threads: device.info.threads, simd: device.info.simd });
