import { quote } from '../../../common/messages.js';
import type { ForeignTensor } from '../foreign-model.js';
import type { KerasNode } from './graph.js';

/**
 * The weights of a layer by the last words of their names (`kernel`, `bias`, `gamma`, …).
 * @param names Those that it has, in the order that Keras makes them in.
 */
export type WeightsOf = (node: KerasNode, names: readonly string[]) => ReadonlyMap<string, ForeignTensor>;

/** A layer in words, for messages. */
export function whereOf({ path, className }: KerasNode): string {
  return `The layer ${quote(path.join('/'))} (${className})`;
}
