import { toHandfulError } from '../../../errors.js';
import { badModel } from '../../../common/messages.js';
import type { Value } from '../../../backends/operations.js';
import type { Spec } from '../../../types.js';
import { fromJson } from '../../files/model-file.js';
import { lower } from '../../lowering/lower.js';

/** Keys of metadata that speak of the very layers of a network. */
const OF_LAYERS = ['spec', 'familiarity', 'memory', 'untaught'];

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
    badModel(`The ONNX file was written by another version of handful, ${metadata.version}.`);
  const own = fromJson(metadata, 'spec') as Spec;
  try {
    if (outline(own) === outline(spec)) return { spec: own, metadata };
  } catch (error) {
    badModel(`The ONNX file's spec makes no sense: ${toHandfulError(error).message}`, error);
  }
  const rest = Object.entries(metadata).filter(([key]) => !OF_LAYERS.includes(key));
  return { spec, metadata: Object.fromEntries(rest) };
}

/** All that a network computes, dropout apart, which leaves no trace in a file; values by the order in which they come. */
function outline(spec: Spec): string {
  const { operations, boundaries } = lower(spec);
  const numbers = new Map<Value, number>(boundaries.slice(0, 1).map((value) => [value, 0]));
  const steps = operations.map(({ x, y, layer: _, name: __, ...rest }) => {
    const at = numbers.get(x) ?? -1;
    if (rest.kind === 'dropout') {
      numbers.set(y, at);
      return [];
    }
    numbers.set(y, numbers.size);
    return [rest.kind, at, y.shape, { ...rest, ...('addend' in rest && { addend: numbers.get(rest.addend) }) }];
  });
  return JSON.stringify(steps.filter((step) => step.length > 0));
}
