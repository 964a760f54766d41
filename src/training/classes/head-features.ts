import { random } from '../../common/random.js';
import { infer } from '../../models/inference.js';
import type { Network } from '../../models/network.js';
import type { Augment } from '../augment/augment.js';
import { byClass, subset } from '../loop/dataset.js';
import type { Dataset } from '../loop/dataset.js';

/** Of each class the examples to learn from: with variants so many at least, and so many at most. */
const [LEAST, MOST] = [48, 256];
/** Fewer examples do not tell how far a class reaches. */
const FEW = 5;

/** What examples are, and how variants of them are made. */
export interface ExampleOptions {
  /** Makes variants of examples, where they can be made. */
  augment: Augment | undefined;
  /** The top-level layer that examples are inputs of. */
  from: number;
  seed: number;
  signal?: AbortSignal | undefined;
}

/** What the head takes of examples, [N, width], flat. */
export function featuresAtHead(
  network: Network,
  { inputs }: Dataset,
  { from, signal }: Pick<ExampleOptions, 'from' | 'signal'>,
): Promise<Float32Array> {
  return infer(network, inputs, { from, to: network.architecture.shapes.length - 1, signal });
}

/** What the head takes of examples and of variants of them, and their classes. */
export async function featuresWithVariants(
  network: Network,
  examples: Dataset,
  options: ExampleOptions,
): Promise<{ features: Float32Array; classes: Int32Array }> {
  const enough = withVariants(examples, options.augment, random(options.seed));
  return { features: await featuresAtHead(network, enough, options), classes: enough.classes };
}

/** New classes' examples and variants of them, where they are very few: the next drawing will lie farther out. */
export function variantsOfFew(
  examples: Dataset,
  isNew: readonly boolean[],
  { augment, seed }: Pick<ExampleOptions, 'augment' | 'seed'>,
): Dataset {
  const few = [...byClass(examples.classes)].flatMap(([label, own]) => (isNew[label] && own.length < FEW ? own : []));
  return few.length > 0 ? withVariants(subset(examples, few), augment, random(seed)) : subset(examples, []);
}

/** Of each class between LEAST and MOST examples, if variants can be made of them. */
function withVariants({ inputs, classes }: Dataset, augment: Augment | undefined, next: () => number): Dataset {
  const size = inputs.length / classes.length;
  const groups = [...byClass(classes)].map(([label, all]) => {
    const own = all.slice(0, MOST);
    return { label, own, variants: augment ? Math.max(0, LEAST - own.length) : 0 };
  });
  const total = groups.reduce((sum, { own, variants }) => sum + own.length + variants, 0);
  const result: Dataset = { inputs: new Float32Array(total * size), classes: new Int32Array(total) };
  let at = 0;
  for (const { label, own, variants } of groups) {
    result.classes.fill(label, at, at + own.length + variants);
    for (const index of own) result.inputs.set(inputs.subarray(index * size, (index + 1) * size), at++ * size);
    for (let made = 0; made < variants; made++) {
      const [index = 0] = own.slice(made % own.length);
      augment?.(inputs, index * size, result.inputs, at++ * size, next);
    }
  }
  return result;
}
