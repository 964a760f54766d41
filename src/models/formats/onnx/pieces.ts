// From pieces of a network to its layers: a chain is read off between two wires, and pieces absorb those next to them.

import { badModel, quote } from '../../../common/messages.js';
import type { Layer } from '../../../types.js';
import type { Piece, Wire } from './values.js';

/** Sums within sums, more than any network has. */
const DEEPEST = 50;

/**
 * The pieces from one wire to another.
 * @throws {HandfulError} `bad-model` if branches share more than where they begin.
 */
export function piecesBetween(start: Wire, end: Wire, used = new Set<Wire>(), depth = 0): Piece[] {
  const pieces: Piece[] = [];
  for (let wire = end; wire !== start;) {
    if (used.has(wire) || depth > DEEPEST)
      badModel(
        `The branches of the ONNX file cross at ${quote(wire.label)}; handful's begin in one place and end in one sum.`,
      );
    used.add(wire);
    const [a, b] = wire.inputs;
    if (a && b) {
      const fork = wire.fork ?? start;
      const branches: [Piece[], Piece[]] = [
        piecesBetween(fork, a, used, depth + 1),
        piecesBetween(fork, b, used, depth + 1),
      ];
      pieces.push({ kind: 'sum', branches });
      wire = fork;
    } else {
      if (wire.piece) pieces.push(wire.piece);
      wire = a ?? start;
    }
  }
  return simplified(pieces.reverse());
}

/** Neighbours as one: factors and summands with what they follow, activations with what they follow. */
function simplified(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const before = result.at(-1);
    const both = before && (piece.kind === 'scale' ? scaled(before, piece) : activated(before, piece));
    if (both) result.splice(-1, 1, both);
    else result.push(piece);
  }
  return result;
}

type Scale = Piece & { kind: 'scale' };

function scaled(before: Piece, scale: Scale): Piece | undefined {
  if (before.kind === 'scale') {
    const length = Math.max(before.scale.length, scale.scale.length);
    const at = (values: Float32Array, i: number) => values[values.length === 1 ? 0 : i] ?? 0;
    const each = (of: (i: number) => number) => Float32Array.from({ length }, (_, i) => of(i));
    return {
      ...before,
      scale: each((i) => at(before.scale, i) * at(scale.scale, i)),
      shift: each((i) => at(before.shift, i) * at(scale.scale, i) + at(scale.shift, i)),
    };
  }
  if (before.kind !== 'layer' || 'activation' in before.layer) return undefined;
  const { layer, tensors } = before;
  const takes = layer.type === 'conv2d' || layer.type === 'depthwiseConv2d' || layer.type === 'dense';
  if (!takes && layer.type !== 'batchNorm') return undefined;
  const { channels } = scale;
  const factor = (i: number) => scale.scale[scale.scale.length === 1 ? 0 : i % channels] ?? 1;
  const summand = (i: number) => scale.shift[scale.shift.length === 1 ? 0 : i] ?? 0;
  const { weight = { shape: [], data: new Float32Array() }, bias } = tensors;
  const sums = Float32Array.from({ length: channels }, (_, i) => (bias?.data[i] ?? 0) * factor(i) + summand(i));
  const hasBias = !!bias || sums.some((each) => each !== 0);
  return {
    ...before,
    layer: takes ? { ...layer, bias: hasBias } : layer,
    tensors: {
      ...tensors,
      weight: { ...weight, data: weight.data.map((each, i) => each * factor(i)) },
      ...(hasBias && { bias: { shape: [channels], data: sums } }),
    },
    hints: [...scale.hints, ...before.hints],
  };
}

const ACTIVATED: readonly Layer['type'][] = ['conv2d', 'depthwiseConv2d', 'dense', 'batchNorm'];

function activated(before: Piece, piece: Piece): Piece | undefined {
  if (piece.kind !== 'layer' || piece.layer.type !== 'activation' || piece.layer.slope !== undefined) return undefined;
  const { activation } = piece.layer;
  if (before.kind === 'sum') return before.activation ? undefined : { ...before, activation };
  if (before.kind !== 'layer' || 'activation' in before.layer || !ACTIVATED.includes(before.layer.type))
    return undefined;
  return { ...before, layer: { ...before.layer, activation } as Layer };
}
