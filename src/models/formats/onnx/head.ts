// The end of a network: handful's are dense layers that yield logits, of which it makes probabilities itself.

import { badModel } from '../../../common/messages.js';
import { dimsOf, type Form, type Piece } from './values.js';

type Dense = Piece & { kind: 'layer' };

/**
 * The pieces with a dense layer as the last: where the file ends in another one, a dense layer that changes nothing.
 * @throws {HandfulError} `bad-model` for what ends in an image.
 */
export function headFor(pieces: readonly Piece[], form: Form): Piece[] {
  const last = pieces.at(-1);
  if (last && isHead(last)) return [...pieces];
  if ('axes' in form)
    return badModel(`The ONNX file's output is an image, [batch, ${dimsOf(form)}]; handful's networks end in a list.`);
  const { features } = form;
  if (features > 1000)
    return badModel(
      `The ONNX file ends in ${features} numbers of no dense layer; handful's networks end in a dense layer.`,
    );
  const data = new Float32Array(features * features);
  for (let i = 0; i < features; i++) data[i * features + (form.places?.indexOf(i) ?? i)] = 1;
  const weight = { shape: [features, features], data };
  const layer = { type: 'dense', name: '', units: features, bias: false } as const;
  return [...pieces, { kind: 'layer', layer, tensors: { weight }, hints: ['identity.weight', 'identity'] }];
}

/**
 * What is left of a network whose end makes probabilities of logits. A single logit behind a sigmoid, which tells two
 * classes apart, becomes two, of which the first is always 0.
 */
export function withTwoClasses(pieces: Piece[], ends: readonly string[]): { pieces: Piece[]; notes: string[] } {
  const notes = ends.map(
    (end) => `The ONNX file's ${end} at the end is left out: handful makes probabilities of logits itself.`,
  );
  const last = pieces.at(-1);
  if (!ends.includes('Sigmoid') || !last || !isHead(last) || last.layer.type !== 'dense' || last.layer.units !== 1)
    return { pieces, notes };
  const { weight, bias } = last.tensors;
  const pairs = (data: Float32Array) =>
    Float32Array.from({ length: 2 * data.length }, (_, i) => (i % 2 ? (data[i >> 1] ?? 0) : 0));
  const tensors = {
    ...(weight && { weight: { shape: [weight.data.length, 2], data: pairs(weight.data) } }),
    ...(bias && { bias: { shape: [2], data: pairs(bias.data) } }),
  };
  const head: Dense = { ...last, layer: { ...last.layer, units: 2 }, tensors };
  return {
    pieces: [...pieces.slice(0, -1), head],
    notes: [...notes, 'Its one output, the probability of the second of two classes, became two logits.'],
  };
}

function isHead(piece: Piece): piece is Dense {
  return piece.kind === 'layer' && piece.layer.type === 'dense' && !piece.layer.activation;
}
