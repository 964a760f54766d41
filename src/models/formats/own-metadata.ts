import { toHandfulError } from '../../errors.js';
import { badModel } from '../../common/messages.js';
import type { Value } from '../../backends/operations.js';
import type { Spec } from '../../types.js';
import { fromJson } from '../files/model-file.js';
import { lower } from '../lowering/lower.js';

/** Keys of metadata that speak of the very layers of a network. */
const OF_LAYERS = ['spec', 'familiarity', 'memory', 'untaught', 'embedding'];

/**
 * What a file of handful's own says beside its graph; undefined for all others. The graph is what counts: the spec of the
 * metadata, in which the same network may be put in other words, goes only with the graph that was written of it.
 * @param spec What the graph says.
 * @throws {HandfulError} `bad-model`
 */
export function ownMetadata(
  entries: readonly { key: string; value: string }[],
  spec: Spec,
): { spec: Spec; metadata: Record<string, string> } | undefined {
  const metadata = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  if (metadata.format !== 'handful' || metadata.spec === undefined) return undefined;
  if (metadata.version !== '1')
    badModel(`The model file was written by another version of handful, ${metadata.version}.`);
  const own = fromJson(metadata, 'spec') as Spec;
  try {
    if (isSame(own, spec)) return { spec: own, metadata };
  } catch (error) {
    badModel(`The model file's spec makes no sense: ${toHandfulError(error).message}`, error);
  }
  const rest = Object.entries(metadata).filter(([key]) => !OF_LAYERS.includes(key));
  return { spec, metadata: Object.fromEntries(rest) };
}

/** Whether two specs compute the same, dropout apart, which leaves no trace in a file. */
function isSame(a: Spec, b: Spec): boolean {
  const known = new Map<string, number>();
  return lastOf(a, known) === lastOf(b, known);
}

/** The number of a network's outcome, which is that of all that is computed in the same way of the same. */
function lastOf(spec: Spec, known: Map<string, number>): number | undefined {
  const { operations, boundaries, parameters } = lower(spec);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const numbers = new Map<Value, number>(boundaries.slice(0, 1).map((value) => [value, 0]));
  for (const { x, y, layer: _, name: __, ...rest } of operations) {
    const of = numbers.get(x) ?? 0;
    const more = [rest.kind !== 'add' || numbers.get(rest.addend), 'weight' in rest && shapes.get(rest.weight)];
    const how = JSON.stringify([of, x.shape, y.shape, more, { ...rest, addend: undefined }]);
    const number = known.get(how) ?? known.size + 1;
    known.set(how, number);
    numbers.set(y, rest.kind === 'dropout' ? of : number);
  }
  return numbers.get(boundaries.at(-1) as Value);
}
