import { HandfulError } from '../../errors.js';
import type { Spec } from '../../types.js';
import { matchByName, matchTensors, natural, unwrappings } from './tensor-names.js';
import type { RawTensor } from './safetensors.js';
import { lower } from '../lowering/lower.js';
import { withoutCounters } from './state-dict.js';
import { lenet5, miniVgg, mlp, resnet, resnet9, type ImageNetOptions } from '../zoo.js';

type Tensors = ReadonlyMap<string, RawTensor>;

const INPUTS = [
  [28, 28, 1],
  [32, 32, 3],
];

/** With the names of their heads. */
const IMAGE_NETWORKS = [
  [lenet5, 'fc3'],
  [miniVgg, 'fc3'],
  [(options: ImageNetOptions) => resnet([2, 2, 2], options), 'fc'],
  [resnet9, 'linear'],
] as const;

/**
 * The zoo's architecture that a state_dict without metadata fits exactly, by names and shapes, for any number of
 * classes; or the multilayer perceptron whose dense layers it holds, by whatever names. Undefined if there is none.
 *
 * Shapes do not tell activations, pooling or padding: they are taken to be the zoo's.
 */
export function inferSpec(tensors: Tensors): Spec | undefined {
  const own = withoutCounters(tensors);
  for (const names of unwrappings(own))
    for (const input of INPUTS)
      for (const [network, head] of IMAGE_NETWORKS) {
        const classes = names.get(`${head}.weight`)?.shape[0];
        const spec = classes === undefined ? undefined : network({ input, classes });
        if (spec && fits(spec, names, matchByName)) return spec;
      }
  const spec = perceptron(own);
  return spec && fits(spec, own, matchTensors) ? spec : undefined;
}

/** The chain of a file's matrices, each [out, in], in natural order. */
function perceptron(tensors: Tensors): Spec | undefined {
  const matrices = [...tensors].filter(([, { shape }]) => shape.length === 2);
  if (matrices.length === 0 || 2 * matrices.length !== tensors.size) return undefined; // all of them have a bias
  const shapes = matrices.sort(([a], [b]) => natural.compare(a, b)).map(([, { shape }]) => shape);
  const outputs = shapes.map(([size = 0]) => size);
  const inputs = shapes.map(([, size = 0]) => size);
  const isChain = inputs.every((size, i) => i === 0 || size === outputs[i - 1]);
  return isChain ? mlp([...inputs.slice(0, 1), ...outputs]) : undefined;
}

function fits(spec: Spec, tensors: Tensors, match: typeof matchTensors): boolean {
  try {
    return match(tensors, lower(spec).parameters) !== undefined;
  } catch (error) {
    if (error instanceof HandfulError) return false; // no classes, or beyond the bounds of a spec
    throw error;
  }
}
