// Every kind of layer against PyTorch, and whole networks against a float64 oracle and its finite differences.

import type { Device } from '../../src/backends/device.js';
import { Network } from '../../src/models/network.js';
import { isTrainable, plan } from '../../src/models/spec.js';
import type { Spec } from '../../src/types.js';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { finiteDifferences, float64, forward } from '../support/oracle.js';
import { channelsLast, inMemoryLayout } from '../support/pytorch.js';
import type { LayerCase } from '../support/pytorch.js';
import { randomSpec, randomWeights } from '../support/specs.js';
import { onEachDevice } from './support/devices.js';
import { differentiate } from './support/differentiate.js';
import { fixture } from './support/fixtures.js';

const FILES = { 'conv2d.json': 16, 'layers.json': 20 };

/** PyTorch lets a convolution's padding reach its kernel and beyond; specs do not, since such rows see zeros alone. */
function isAllowed({ layers: [first] }: Spec): boolean {
  return first.type !== 'conv2d' || (first.padding ?? 0) < first.kernel;
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
    const thePlan = plan(one.spec);
    const title = one.spec.name;
    const network = new Network(thePlan, inMemoryLayout(thePlan, one.parameters), device);
    try {
      const upstream = channelsLast(one.upstream);
      const { output, input, parameters } = await differentiate(
        network,
        channelsLast(one.input),
        upstream,
        one.training,
      );
      assertClose(output, one.output.data, 2e-6, `${title}: output`);
      assertClose(input, channelsLast(one.inputGradient), 5e-6, `${title}: gradient of the input`);
      const expected = inMemoryLayout(thePlan, one.gradients);
      if (String([...parameters.keys()].sort()) !== String([...expected.keys()].sort()))
        throw new Error(`${title}: gradients of ${[...parameters.keys()]}; PyTorch's of ${[...expected.keys()]}`);
      for (const [name, { data }] of expected)
        assertClose(parameters.get(name)!, data, 5e-6, `${title}: gradient of ${name}`);

      const statistics = inMemoryLayout(thePlan, one.after ?? one.parameters); // inference leaves them alone
      const now = await network.read();
      for (const { name } of thePlan.parameters.filter((parameter) => !isTrainable(parameter)))
        assertClose(now.get(name)!.data, statistics.get(name)!.data, 1e-6, `${title}: ${name} after the forward pass`);
    } finally {
      network.dispose();
    }
  }
});

describe('random networks and their gradients, by finite differences in float64', () => {
  onEachDevice((device) => {
    for (let seed = 1; seed <= 8; seed++) it(`seed ${seed}`, () => compare(seed, device()));
  });

  async function compare(seed: number, device: Device): Promise<void> {
    const draw = draws(seed);
    const spec = randomSpec(draw);
    const weights = randomWeights(spec, draw);
    const thePlan = plan(spec);
    const batch = draw.whole(2, 4);
    const inputs = draw.normal(batch * spec.input.reduce((a, b) => a * b));
    const upstream = draw.normal(batch * thePlan.classes);
    const training = draw.pick([true, false]);

    const network = new Network(thePlan, weights, device);
    const gradients = await differentiate(network, inputs, upstream, training);
    network.dispose();

    const values = float64(weights);
    const x = Float64Array.from(inputs);
    const what = `seed ${seed}, ${JSON.stringify(spec.layers)}`;
    assertClose(gradients.output, forward(spec, values, x, training), 1e-5, `${what}: logits`);
    const f = () => forward(spec, values, x, training).reduce((sum, logit, i) => sum + logit * upstream[i], 0);
    assertClose(gradients.input, finiteDifferences(f, x), 1e-4, `${what}: gradient of the input`);
    for (const [name, gradient] of gradients.parameters)
      assertClose(gradient, finiteDifferences(f, values.get(name)!), 1e-4, `${what}: gradient of ${name}`);
  }
});
