import { assert } from 'chai';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import type { Weights } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { parseSafetensors } from '../../src/models/files/safetensors.js';
import { lower } from '../../src/models/lowering/lower.js';
import { fromStateDict } from '../../src/models/files/state-dict.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { mapped, nth } from '../support/lists.js';
import { float64, forward } from '../support/oracle.js';
import { channelsLast } from '../support/pytorch.js';
import type { NetworkCase } from '../support/pytorch.js';
import { modelOf, randomWeights, tinyNet } from '../support/specs.js';
import { onEachDevice, openDevice } from './support/devices.js';
import type { BackendName } from '../../src/types.js';
import { fixture, fixtureBytes } from './support/fixtures.js';
import { assertSame, leakCheck, usage } from './support/leaks.js';

const architecture = lower(tinyNet());
const weights = randomWeights(tinyNet(), draws(1));
const values = (all: Weights) => [...all].map(([name, { data }]) => [name, [...data]]);

describe('a network', () => {
  onEachDevice((device) => {
    for (const name of ['lenet5', 'resnet'])
      it(`gives PyTorch's logits for a PyTorch state_dict of ${name}`, async () => {
        const { spec, input, logits } = await fixture<NetworkCase>(`${name}.json`);
        const { tensors } = parseSafetensors(await fixtureBytes(`${name}.safetensors`));
        const network = new Network(lower(spec), fromStateDict(tensors, lower(spec)), device());
        const answers = await infer(network, channelsLast(input));
        network.dispose();
        assertClose(answers, logits.data, 1e-5, 'logits');
      });

    it('infers batches of any size as one by one, and says how far it has come', async () => {
      const network = new Network(architecture, weights, device());
      const inputs = draws(2).normal(131 * 36);
      const fractions: number[] = [];
      const together = await infer(network, inputs, { onProgress: (fraction) => fractions.push(fraction) });
      assert.deepEqual(fractions, [64 / 131, 128 / 131, 1]);
      for (const i of [0, 63, 64, 127, 128, 130]) {
        const alone = await infer(network, inputs.slice(i * 36, (i + 1) * 36));
        assertClose(alone, together.slice(i * 3, (i + 1) * 3), 1e-6, `example ${i}`);
      }
      const oracle = forward(lower(tinyNet()), float64(weights), Float64Array.from(inputs), false);
      assertClose(together, oracle, 1e-5, 'logits');
      network.dispose();
    });

    it('runs in two parts as in one', async () => {
      const network = new Network(architecture, weights, device());
      const inputs = draws(3).normal(5 * 36);
      const whole = await infer(network, inputs);
      for (let layer = 0; layer <= architecture.shapes.length; layer++) {
        const features = await infer(network, inputs, { to: layer });
        const size = layer === 0 ? 36 : nth(architecture.shapes, layer - 1).reduce((a, b) => a * b);
        assert.equal(features.length, 5 * size);
        assertClose(await infer(network, features, { from: layer }), whole, 1e-6, `cut before layer ${layer}`);
      }
      network.dispose();
    });

    it('infers nothing from nothing', async () => {
      const network = new Network(architecture, weights, device());
      assert.equal((await infer(network, new Float32Array(0))).length, 0);
      network.dispose();
    });

    it('stops inferring when told to, between batches', async () => {
      const network = new Network(architecture, weights, device());
      const controller = new AbortController();
      let batches = 0;
      const call = infer(network, new Float32Array(640 * 36), {
        signal: controller.signal,
        onProgress: () => ++batches === 2 && controller.abort(new Error('enough')),
      });
      const error = await call.then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.include(error, { name: 'HandfulError', code: 'aborted' });
      assert.equal(batches, 2);
      network.dispose();
    });

    it('reads back bit for bit what was written, as copies', async () => {
      const network = new Network(architecture, initialise(architecture, 0), device());
      network.write(weights);
      const first = await network.read();
      assert.deepEqual(values(first), values(weights));
      for (const { data } of first.values()) data.fill(7);
      assert.deepEqual(values(await network.read()), values(weights), 'after the copy was changed');
      network.dispose();
    });

    it('keeps its weights when the arrays it was made from change', async () => {
      const model = modelOf(tinyNet());
      const before = values(model.weights);
      const network = new Network(architecture, model.weights, device());
      for (const { data } of model.weights.values()) data.fill(7);
      assert.deepEqual(values(await network.read()), before);
      network.dispose();
    });

    it('leaks nothing', () =>
      leakCheck(device(), async () => {
        const network = new Network(architecture, weights, device());
        await infer(network, new Float32Array(70 * 36));
        network.write(await network.read());
        network.dispose();
      }));

    it('leaks nothing when inference is aborted', () =>
      leakCheck(device(), async () => {
        const network = new Network(architecture, weights, device());
        const controller = new AbortController();
        const options = { signal: controller.signal, onProgress: () => controller.abort() };
        await infer(network, new Float32Array(70 * 36), options).catch(() => {});
        network.dispose();
      }));
  });

  it('answers alike on both backends', async () => {
    const inputs = draws(4).normal(10 * 36);
    const answer = async (name: BackendName) => {
      const device = await openDevice(name);
      const network = new Network(architecture, weights, device);
      const logits = await infer(network, inputs);
      network.dispose();
      device.release();
      return logits;
    };
    assertClose(await answer('webgpu'), await answer('wasm'), 1e-5, 'logits');
  });

  it('lives beside one on the other backend', async () => {
    const devices = await Promise.all([openDevice('wasm'), openDevice('webgpu')]);
    const before = usage(devices[0]);
    const networks = mapped(devices, (device) => new Network(architecture, weights, device));
    const inputs = draws(5).normal(200 * 36);
    const [a, b] = await Promise.all(mapped(networks, (network) => infer(network, inputs))); // batches take turns
    assertClose(a, b, 1e-5, 'logits');
    for (const network of networks) network.dispose();
    assertSame(usage(devices[0]), before, 'after the test');
    for (const device of devices) device.release();
  });
});
