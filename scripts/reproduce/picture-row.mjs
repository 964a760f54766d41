import { sizeOf } from '#internals';
import { chart } from './charts.mjs';
import { dataset } from './datasets.mjs';
import { recipeOf } from './experiments.mjs';
import { firstLayer, grid } from './pictures.mjs';
import { forgetCheckpoint, runOnce } from './train.mjs';

/**
 * A row of the table.
 *
 * @import { Experiment } from './experiments.mjs'
 * @import { Line } from './charts.mjs'
 * @import { Record as EpochFigures, Run } from './train.mjs'
 *
 * @typedef {object} Row
 * @property {string} id
 * @property {string} title
 * @property {string} data what it learns from, for people
 * @property {string} recipe
 * @property {string} theirs
 * @property {string} [why] the sentence for a figure that is not reached
 * @property {(say: (line: string) => void) => Promise<{ result: Result, files: Record<string, string | Uint8Array> }>} run
 * @property {() => Promise<void>} [forget] what an interrupted run had left
 *
 * @typedef {object} Result
 * @property {string} ours
 * @property {boolean} [reached] undefined where there is nothing to reach
 * @property {string} seeds
 * @property {number} seconds
 * @property {string} [note]
 */

const NAMES = { mnist: 'MNIST', mnist32: 'MNIST', cifar10: 'CIFAR-10', digits8x8: 'UCI digits' };
const POINTS = 0.5;
const POINTS_FROM_FEW = 2;

/** An experiment as a row. @param {Experiment} experiment @returns {Row} */
export function pictureRow(experiment) {
  const { id, title, data, theirs, seeds = [1], perClass, reload, why } = experiment;
  return {
    ...{ id, title, data: NAMES[data], recipe: recipeOf(experiment), why },
    theirs: theirs.length === 0 ? 'runs' : theirs.map((accuracy) => `${accuracy.toFixed(2)} %`).join('; '),
    async run(say) {
      /** @type {Run[]} */
      const runs = [];
      for (const seed of seeds) {
        runs.push(await runOnce(experiment, seed, (line) => say(`seed ${seed}, ${line}`)));
      }
      const before = runs.flatMap(({ reloaded }) => (reloaded === undefined ? [] : [reloaded]));
      const after = runs.map(({ accuracy }) => accuracy);
      const ours = [...(reload ? [mean(before)] : []), mean(after)];
      const points = perClass ? POINTS_FROM_FEW : POINTS;
      const [first] = runs;
      const interruptions = runs.reduce((sum, run) => sum + run.interruptions, 0);
      const result = {
        ours: ours.map((accuracy) => `${accuracy.toFixed(2)} %`).join('; '),
        ...(theirs.length > 0 && { reached: theirs.every((accuracy, i) => ours[i] >= accuracy - points) }),
        seeds: seeds.join(', '),
        ...(runs.length > 1 && { accuracies: after }),
        seconds: Math.ceil(mean(runs.map(({ history }) => history.reduce((sum, { seconds }) => sum + seconds, 0)))),
        ...(interruptions > 0 && { note: `interrupted (${interruptions}), when the optimizer began afresh` }),
        history: first.history.map(rounded),
      };
      return { result, files: await drawings(experiment, seeds[0], first) };
    },
    async forget() {
      for (const seed of seeds) await forgetCheckpoint(id, seed);
    },
  };
}

/** @param {Experiment} experiment @param {number} seed @param {Run} run */
async function drawings({ data }, seed, { history, misclassified, weights }) {
  const { test, shape } = await dataset(data, seed);
  const size = sizeOf(shape);
  /** @param {string} name @param {keyof EpochFigures} key @param {number} [factor] @returns {Line} */
  const line = (name, key, factor = 1) => {
    const figures = history.flatMap(({ epoch, [key]: figure }) => (figure === undefined ? [] : [{ epoch, figure }]));
    return { name, points: figures.map(({ epoch, figure }) => [epoch, factor * figure]) };
  };
  const [weight] = weights.values();
  const first = firstLayer(weight, shape);
  const scale = first.shape[0] < 20 ? 6 : 2;
  return {
    'curves.svg': chart([
      { title: 'loss', lines: [line('training', 'loss'), line('test', 'testLoss')] },
      { title: 'accuracy, %', lines: [line('training', 'accuracy', 100), line('test', 'testAccuracy', 100)] },
    ]),
    'weights.png': grid(first.pictures, first.shape, { scale }),
    ...(misclassified.length > 0 && {
      'misclassified.png': grid(
        misclassified.map((i) => test.inputs.subarray(i * size, (i + 1) * size)),
        shape,
        { columns: 15, scale: shape[0] < 20 ? 4 : 1 },
      ),
    }),
  };
}

const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;

/** To four digits. @param {EpochFigures} record */
function rounded(record) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, Number(value.toPrecision(4))]));
}
