import { infer } from '../models/inference.js';
import { headWidth, MOST_FEATURES, recall } from '../models/class-statistics.js';
import type { Memory } from '../models/class-statistics.js';
import type { Model } from '../models/model.js';
import type { Network } from '../models/network.js';
import { random } from '../common/random.js';
import { headName } from '../models/spec.js';
import type { Augment } from './augment.js';
import { fitColumns } from './columns.js';
import { byClass, subset } from './dataset.js';
import type { Dataset } from './dataset.js';
import { meansOf, remember } from './memory.js';
import { writePrototypes } from './prototypes.js';

/** Of each class the examples to learn from: with variants so many at least, and so many at most. */
const [LEAST, MOST] = [48, 256];
/** To recall examples of more classes takes too long. */
const MOST_CLASSES = 1000;
/** Fewer examples do not tell how far a class reaches. */
const FEW = 5;

export interface Circumstances {
  /** Makes variants of examples, where they can be made. */
  augment: Augment | undefined;
  /** The top-level layer that examples are inputs of. */
  from: number;
  seed: number;
  signal?: AbortSignal | undefined;
}

/** Whether a model remembers every class of its head but those that are new, and there are some of both. */
export function canRecall({ spec, weights, memory }: Model, isNew: readonly boolean[]): boolean {
  if (!weights.has(`${headName(spec)}.bias`) || isNew.length > MOST_CLASSES) return false;
  return isNew.includes(true) && isNew.includes(false) && isNew.every((yes, at) => yes || memory?.means[at]);
}

/**
 * Writes columns for new classes into a model's head, and into the network that carries its weights, and remembers the
 * new classes as well. Known classes keep their columns; examples recalled of them keep the new ones apart.
 * @param examples Of new classes, perhaps of known ones too.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function addClasses(
  network: Network,
  model: Model,
  examples: Dataset,
  isNew: readonly boolean[],
  circumstances: Circumstances,
): Promise<void> {
  const memory = model.memory!;
  const { features, classes } = await featuresOf(network, examples, circumstances);
  const next = random(circumstances.seed);
  const known = isNew.flatMap((yes, at) => (yes ? [] : [at]));
  const recalled = known.map((at) => recall(memory, memory.means[at]!, LEAST, next));
  const rows = new Float32Array(features.length + recalled.reduce((sum, { length }) => sum + length, 0));
  rows.set(features);
  recalled.forEach((each, i) => rows.set(each, features.length + i * each.length));
  const truth = Int32Array.from([...classes, ...known.flatMap((at) => Array<number>(LEAST).fill(at))]);
  await fitColumns(model.weights, headName(model.spec), rows, truth, isNew, circumstances.signal);
  network.write(model.weights);
  const means = meansOf(features, classes, isNew.length);
  model.memory = { ...memory, means: memory.means.map((mean, at) => (isNew[at] ? means[at] : mean)) };
}

/**
 * Writes columns for new classes into a model's head, and into the network that carries its weights, each the mean
 * features of the class's examples: where training begins, or all there is if nothing is remembered of known classes.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function startAsPrototypes(
  network: Network,
  { spec, weights }: Model,
  { inputs, classes }: Dataset,
  isNew: readonly boolean[],
  { from, signal }: Circumstances,
): Promise<void> {
  const features = await infer(network, inputs, { from, to: network.plan.shapes.length - 1, signal });
  writePrototypes(weights, headName(spec), features, classes, isNew);
  network.write(weights);
}

/**
 * A model's memory with the classes that it lacks, taken from examples; undefined if there is nothing to remember.
 * @throws {HandfulError} `aborted`, `backend-lost`
 */
export async function completeMemory(
  network: Network,
  memory: Memory | undefined,
  examples: Dataset,
  circumstances: Circumstances,
): Promise<Memory | undefined> {
  if (memory?.means.every(Boolean) || headWidth(network.plan) > MOST_FEATURES) return memory;
  const { features, classes } = await featuresOf(network, examples, circumstances);
  const { classes: count } = network.plan;
  if (!memory) return remember(features, classes, count);
  const means = meansOf(features, classes, count);
  return { ...memory, means: memory.means.map((mean, at) => mean ?? means[at]) };
}

/** For each class the mean of what the head sees of its examples; undefined for a class without any. */
export async function meansAtHead(
  network: Network,
  { inputs, classes }: Dataset,
  from: number,
  signal: AbortSignal | undefined,
): Promise<(Float32Array | undefined)[]> {
  const features = await infer(network, inputs, { from, to: network.plan.shapes.length - 1, signal });
  return meansOf(features, classes, network.plan.classes);
}

/**
 * A memory after layers below the head have learned: each class has moved as the mean of its samples has (semantic drift
 * compensation: Yu et al. 2020).
 */
export function drifted(
  memory: Memory,
  before: readonly (Float32Array | undefined)[],
  after: readonly (Float32Array | undefined)[],
): Memory {
  const means = memory.means.map((mean, at) => {
    const [old, now] = [before[at], after[at]];
    return mean && old && now ? mean.map((value, i) => value + now[i]! - old[i]!) : mean;
  });
  return { ...memory, means };
}

/** Of new classes with very few examples these and variants of them, since the next drawing will lie farther out. */
export function spreadOfFew(examples: Dataset, isNew: readonly boolean[], { augment, seed }: Circumstances): Dataset {
  const few = [...byClass(examples.classes)].flatMap(([label, own]) => (isNew[label] && own.length < FEW ? own : []));
  return few.length > 0 ? enough(subset(examples, few), augment, random(seed)) : subset(examples, []);
}

/** What the head sees of examples and of variants of them. */
async function featuresOf(network: Network, examples: Dataset, { augment, from, seed, signal }: Circumstances) {
  const { inputs, classes } = enough(examples, augment, random(seed));
  return { features: await infer(network, inputs, { from, to: network.plan.shapes.length - 1, signal }), classes };
}

/** Of each class between LEAST and MOST examples, if variants can be made of them. */
function enough({ inputs, classes }: Dataset, augment: Augment | undefined, next: () => number): Dataset {
  const size = inputs.length / classes.length;
  const chosen = [...byClass(classes).values()].map((own) => own.slice(0, MOST));
  const counts = chosen.map((own) => (augment ? Math.max(LEAST, own.length) : own.length));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const result = { inputs: new Float32Array(total * size), classes: new Int32Array(total) };
  let at = 0;
  chosen.forEach((own, group) => {
    for (let i = 0; i < counts[group]!; i++, at++) {
      const from = own[i % own.length]! * size;
      if (i < own.length) result.inputs.set(inputs.subarray(from, from + size), at * size);
      else augment!(inputs, from, result.inputs, at * size, next);
      result.classes[at] = classes[own[0]!]!;
    }
  });
  return result;
}
