import type { DenseLayer } from '../../../types.js';
import type { ForeignModel } from '../foreign-model.js';
import type { KerasNode } from './graph.js';
import { isIdentity } from './layers.js';
import type { Piece } from './series-parallel.js';
import { activationName } from './values.js';

// handful's networks yield logits: what makes probabilities of them at a model's end is left out.

/** The layers up to the one that yields the logits. */
export function splitHead(pieces: readonly Piece[]): { pieces: Piece[]; isBinary: boolean; notes: string[] } {
  const rest = withoutIdentities(pieces);
  const last = rest.at(-1)?.node;
  const end = last && endOf(last);
  const before = end ? (last.className === 'Dense' ? linear(rest) : withoutIdentities(rest.slice(0, -1))) : undefined;
  if (end === 'softmax' || end === 'log_softmax')
    return {
      pieces: before ?? rest,
      isBinary: false,
      notes: [`The ${end} at the end is left out: handful makes probabilities of logits itself.`],
    };
  const head = before?.at(-1)?.node;
  if (end === 'sigmoid' && before && head?.className === 'Dense' && head.config.units === 1 && !endOf(head))
    return { pieces: before, isBinary: true, notes: [] };
  return { pieces: rest, isBinary: false, notes: [] };
}

/** What a layer makes of its values last, if that is the activation of a dense one or all that it does. */
function endOf({ className, config }: KerasNode): string | undefined {
  if (className === 'Softmax') return 'softmax';
  if (className !== 'Activation' && className !== 'Dense') return undefined;
  const name = activationName(config.activation);
  return name === 'linear' ? undefined : (name ?? undefined);
}

function linear(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece, index) => {
    if (index < pieces.length - 1 || piece.branches) return piece;
    return { node: { ...piece.node, config: { ...piece.node.config, activation: 'linear' } } };
  });
}

function withoutIdentities(pieces: readonly Piece[]): Piece[] {
  let end = pieces.length;
  for (let last = pieces[end - 1]; last && !last.branches && isIdentity(last.node); last = pieces[end - 1]) end--;
  return pieces.slice(0, end);
}

/** A network of one unit before a sigmoid as one of two classes, the second of which has that unit's logit: 0 and z. */
export function toTwoClasses(foreign: ForeignModel): ForeignModel {
  const layers = foreign.spec.layers.slice(0, -1);
  const head = foreign.spec.layers.at(-1) as DenseLayer;
  const tensors = new Map(foreign.tensors);
  for (const [name, axes] of [
    [`${head.name}.weight`, 2],
    [`${head.name}.bias`, 1],
  ] as const) {
    const tensor = tensors.get(name);
    if (!tensor) continue;
    const data = Float32Array.from({ length: 2 * tensor.data.length }, (_, i) =>
      i % 2 === 0 ? 0 : (tensor.data[i >> 1] ?? 0),
    );
    tensors.set(name, { shape: axes === 2 ? [tensor.data.length, 2] : [2], data });
  }
  return {
    ...foreign,
    spec: { ...foreign.spec, layers: [...layers, { ...head, units: 2 }] },
    tensors,
    notes: [...foreign.notes, 'Its one sigmoid is read as two classes, of which the second is the one it stands for.'],
  };
}
