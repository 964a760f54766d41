// Experiments on numbers: regression by squared errors, and classes in the plane.

import { readFile } from 'node:fs/promises';
import { mlp } from 'handful';
import { infer, initialise, Network, openWasm, lower, score, train } from '#internals';
import { chart, decisionSurface } from './charts.mjs';
import { descend, leastSquares } from './reference.mjs';
import { circles, clouds, linear, moons } from './shapes.mjs';
import { standardised, statisticsOf } from './values.mjs';

/**
 * @import { Activation, EpochRecord, Spec } from 'handful'
 * @import { Line } from './charts.mjs'
 * @import { Result, Row } from './picture-row.mjs'
 * @import { Points } from './shapes.mjs'
 *
 * @typedef {{ result: Omit<Result, 'seeds' | 'seconds'>, files: Record<string, string | Uint8Array> }} Outcome
 */

const SEED = 1;

/** @type {Row[]} */
export const tableRows = [
  regression('linear-1', 'Linear regression, one feature', [2], 100),
  regression('linear-5', 'Linear regression, five features', [1.5, -2, 0.5, 3, -1], 200),
  {
    id: 'iris',
    title: 'Petal from sepal sizes, 2-100-2 with ReLU, squared error',
    data: 'Iris',
    recipe: 'gradient descent 0.05 on all 150, 1,000 steps',
    theirs: 'the loss falls as in PyTorch',
    run: timed(iris),
  },
  plane('moons', 'Two moons', moons, 'tanh'),
  plane('circles', 'Two circles', circles, 'relu'),
  plane('clouds', 'Two clouds, linearly separable', clouds, 'sigmoid'),
];

/** @param {string} id @param {string} title @param {number[]} weights @param {number} count @returns {Row} */
function regression(id, title, weights, count) {
  const run = async () => {
    const { inputs, truth } = linear(count, weights, 1, 0.3, SEED);
    const closed = leastSquares(inputs, truth);
    const { losses, weights: learned } = await descent(mlp([weights.length, 1]), inputs, truth, 0.1, 300);
    const found = [...learned.values()].flatMap(({ data }) => [...data]);
    const apart = Math.max(...found.map((value, i) => Math.abs(value - closed[i])));
    const least = losses[losses.length - 1].toFixed(4);
    return {
      result: { ours: `within ${apart.toExponential(0)} of it, loss ${least}`, reached: apart < 1e-5 },
      files: { 'curves.svg': chart([{ title: 'loss', lines: [lossLine('training', losses.slice(0, 50))] }]) },
    };
  };
  return {
    ...{ id, title, data: `${count} points made by seed ${SEED}`, recipe: 'gradient descent 0.1, 300 steps' },
    ...{ theirs: 'the closed form', run: timed(run) },
  };
}

async function iris() {
  const [rate, steps] = [0.05, 1000];
  const file = await readFile(new URL('../data/iris/iris.csv', import.meta.url), 'utf8');
  const lines = file.trim().split('\n');
  const flowers = lines.map((line) => line.split(',').slice(0, 4).map(Number));
  const sepals = flowers.flatMap(([length, width]) => [length, width]);
  const inputs = standardised(sepals, statisticsOf(sepals, 2));
  const petals = Float32Array.from(flowers.flatMap(([, , length, width]) => [length, width]));
  const spec = mlp([2, 100, 2]);
  const { losses } = await descent(spec, inputs, petals, rate, steps);
  const exact = descend([...initialise(lower(spec), SEED).values()], inputs, petals, rate, steps);
  const apart = Math.max(...losses.map((loss, i) => Math.abs(loss - exact[i]) / exact[i]));
  const [first, last] = [losses[0], losses[steps - 1]].map((loss) => loss.toFixed(3));
  return {
    result: {
      ours: `from ${first} to ${last}, within ${(100 * apart).toPrecision(1)} % of float64 at every step`,
      reached: apart < 1e-3,
      note: "the other line is gradient descent in float64 from the same weights, by the formulas that are PyTorch's too",
    },
    files: {
      'curves.svg': chart([
        { title: 'loss', lines: [lossLine('ours', losses), lossLine('float64', exact)] },
        { title: 'from step 100', lines: [lossLine('ours', losses, 100), lossLine('float64', exact, 100)] },
      ]),
    },
  };
}

/**
 * Gradient descent on all examples at once by our engine.
 *
 * @param {Spec} spec @param {Float32Array} inputs @param {Float32Array} truth @param {number} rate
 * @param {number} steps
 */
async function descent(spec, inputs, truth, rate, steps) {
  return onEngine(spec, async (network) => {
    const learner = network.learner({ optimizer: 'sgd', momentum: 0, loss: 'squaredError', from: 0 });
    /** @type {number[]} */
    const losses = [];
    for (let step = 0; step < steps; step++) losses.push((await learner.step(inputs, truth, rate)).loss);
    learner.dispose();
    return { losses, weights: await network.read() };
  });
}

/**
 * @param {string} id @param {string} title
 * @param {(count: number, seed: number) => Points} points
 * @param {Activation} activation
 * @returns {Row}
 */
function plane(id, title, points, activation) {
  const run = async () => {
    const [learned, held, tested] = [points(300, SEED), points(100, SEED + 10), points(1000, SEED + 20)];
    const side = 80;
    /** @type {[number, number]} */
    const range = [-2.2, 2.2];
    const at = (/** @type {number} */ index) => range[0] + ((index + 0.5) / side) * (range[1] - range[0]);
    const places = Array.from({ length: side * side }, (_, i) => [at(i % side), at(Math.floor(i / side))]);
    const cells = Float32Array.from(places.flat());
    return onEngine(mlp([2, 16, 16, 2], { activation }), async (network) => {
      const { history, bestEpoch, stopped } = await train(network, learned, {
        ...{ epochs: 500, batchSize: 30, optimizer: 'adam', learningRate: 0.01, momentum: 0, schedule: 'constant' },
        ...{ patience: 30, validation: held, seed: SEED },
      });
      const { accuracy } = score(await infer(network, tested.inputs), tested.classes);
      const logits = await infer(network, cells);
      const probabilities = Float32Array.from(places, (_, i) => 1 / (1 + Math.exp(logits[2 * i] - logits[2 * i + 1])));
      /** @param {string} name @param {(record: EpochRecord) => number | undefined} figure @returns {Line} */
      const line = (name, figure) => ({ name, points: history.map((record) => [record.epoch, figure(record) ?? NaN]) });
      const lines = [line('training', ({ loss }) => loss), line('held back', ({ validationLoss }) => validationLoss)];
      const { inputs, classes } = learned;
      const end = stopped === 'early' ? `stopped after ${history.length} epochs` : 'ran to its end';
      return {
        result: {
          ours: `drawn; ${(100 * accuracy).toFixed(1)} % of 1,000 others`,
          note: `${end}; epoch ${bestEpoch} was the best on 100 points held back`,
        },
        files: {
          'surface.svg': decisionSurface({ probabilities, side, range, points: inputs, classes }),
          'curves.svg': chart([{ title: 'loss', lines }]),
        },
      };
    });
  };
  return {
    ...{ id, title: `${title}, MLP 2-16-16-2 with ${activation}`, data: `300 points made by seed ${SEED}` },
    ...{ recipe: 'Adam 0.01, batch 30, early stopping', theirs: 'decision surface', run: timed(run) },
  };
}

/**
 * A network on our engine, as long as the work takes.
 *
 * @template T
 * @param {Spec} spec
 * @param {(network: Network) => Promise<T>} work
 */
async function onEngine(spec, work) {
  const device = await openWasm({ threads: 1 });
  const network = new Network(lower(spec), initialise(lower(spec), SEED), device);
  try {
    return await work(network);
  } finally {
    network.dispose();
    device.release();
  }
}

/** @param {() => Promise<Outcome>} run @returns {Row['run']} */
function timed(run) {
  return async () => {
    const start = performance.now();
    const { result, files } = await run();
    return {
      result: { seeds: String(SEED), seconds: Math.ceil((performance.now() - start) / 1000), ...result },
      files,
    };
  };
}

/** @param {string} name @param {number[]} losses @param {number} [from] @returns {Line} */
const lossLine = (name, losses, from = 0) => ({
  name,
  points: losses.slice(from).map((loss, i) => [from + i, loss]),
});
