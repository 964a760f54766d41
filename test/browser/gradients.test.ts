// Every kind of layer against PyTorch, and whole networks against a float64 oracle and its finite differences.

import type { Device } from '../../src/backends/device.js';
import { infer } from '../../src/models/inference.js';
import { Network } from '../../src/models/network.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Spec } from '../../src/types.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { finiteDifferences, float64, forward } from '../support/oracle.js';
import { channelsLast, inMemoryLayout } from '../support/pytorch.js';
import type { LayerCase } from '../support/pytorch.js';
import { randomSpec, randomWeights } from '../support/specs.js';
import { onEachDevice } from './support/devices.js';
import { KEY, differentiate } from './support/differentiate.js';
import { fixture } from './support/fixtures.js';

const FILES = { 'conv2d.json': 16, 'layers.json': 37 };

/** PyTorch lets a convolution's padding reach its kernel and beyond; specs do not, since such rows see zeros alone. */
function isAllowed({ layers: [first] }: Spec): boolean {
  return first?.type !== 'conv2d' || typeof first.padding !== 'number' || first.padding < first.kernel;
}

describe('layers and their gradients, as PyTorch computes them', () => {
  onEachDevice((device) => {
    for (const [file, count] of Object.entries(FILES))
      it(`${file}: ${count} cases`, async () => {
        const cases = (await fixture<LayerCase[]>(file)).filter(({ spec }) => isAllowed(spec));
        if (cases.length !== count) throw new Error(`${cases.length} cases`);
        for (const one of cases) await compare(one, device());
      });
  });

  async function compare(one: LayerCase, device: Device): Promise<void> {
    const architecture = lower(one.spec);
    const title = one.spec.name;
    const weights = inMemoryLayout(architecture, one.parameters);
    const x = channelsLast(one.input);
    if (!one.training) {
      const network = new Network(architecture, weights, device);
      assertClose(await infer(network, x), one.output.data, 2e-6, `${title}: output`);
      network.dispose();
      return;
    }
    const upstream = channelsLast(one.upstream);
    const found = await differentiate(device, architecture, weights, x, upstream);
    assertClose(found.output, one.output.data, 2e-6, `${title}: output`);
    assertClose(found.input, channelsLast(one.inputGradient), 5e-6, `${title}: gradient of the input`);
    const expected = inMemoryLayout(architecture, one.gradients);
    if (String([...found.parameters.keys()].sort()) !== String([...expected.keys()].sort()))
      throw new Error(`${title}: gradients of ${[...found.parameters.keys()]}; PyTorch's of ${[...expected.keys()]}`);
    for (const [name, { data }] of expected)
      assertClose(found.parameters.get(name)!, data, 5e-6, `${title}: gradient of ${name}`);
    const statistics = inMemoryLayout(architecture, one.after ?? one.parameters); // inference leaves them alone
    for (const [name, values] of found.statistics)
      assertClose(values, statistics.get(name)!.data, 1e-6, `${title}: ${name} after the forward pass`);
  }
});

describe('random networks and their gradients, by finite differences in float64', () => {
  onEachDevice((device) => {
    for (let seed = 1; seed <= 16; seed++) it(`seed ${seed}`, () => compare(seed, device()));
  });

  async function compare(seed: number, device: Device): Promise<void> {
    const draw = draws(seed);
    const spec = randomSpec(draw);
    const weights = randomWeights(spec, draw);
    const architecture = lower(spec);
    const batch = draw.whole(2, 4);
    const inputs = draw.normal(batch * spec.input.reduce((a, b) => a * b));
    const upstream = draw.normal(batch * architecture.classes);
    const gradients = await differentiate(device, architecture, weights, inputs, upstream);

    const values = float64(weights);
    const x = Float64Array.from(inputs);
    const what = `seed ${seed}, ${JSON.stringify(spec.layers)}`;
    assertClose(gradients.output, forward(architecture, values, x, true, KEY), 1e-5, `${what}: logits`);
    const f = () =>
      forward(architecture, values, x, true, KEY).reduce((sum, logit, i) => sum + logit * at(upstream, i), 0);
    assertClose(gradients.input, finiteDifferences(f, x), 1e-4, `${what}: gradient of the input`);
    for (const [name, gradient] of gradients.parameters)
      assertClose(gradient, finiteDifferences(f, values.get(name)!), 1e-4, `${what}: gradient of ${name}`);
  }
});
