// handful's own training step and inference, as its worker runs them.

import * as tf from '../../src/backends/tf.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { Network } from '../../src/models/network.js';
import { plan } from '../../src/models/spec.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { trainStep } from '../../src/training/step.js';
import { subject } from './clock.js';
import type { Call } from './clock.js';
import { examples, weights } from './work.js';
import type { Row } from './work.js';

const device = await openWasm({});

function prepare({ kind, batch, spec, optimizer }: Row, learningRate: number): Call {
  const network = new Network(plan(spec), weights(spec), device);
  const { inputs, classes } = examples(spec, batch);
  if (kind === 'infer')
    return async () => {
      const y = device.run(() => tf.tidy(() => network.forward(tf.tensor(inputs, [batch, ...spec.input]))));
      const logits = await y.data();
      y.dispose();
      return logits;
    };
  const update = createOptimizer(network.trainable(), { optimizer, momentum: 0 });
  const data = { inputs, classes } as never;
  const indices = Uint32Array.from(classes.keys());
  return async () => {
    const { loss, logits } = trainStep(network, data, indices, update, learningRate);
    const value = await loss.data();
    loss.dispose();
    logits.dispose();
    return value;
  };
}

subject(prepare, { threads: device.info.threads, simd: device.info.simd });
