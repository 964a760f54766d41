import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import type { Preprocessing } from '../../../types.js';
import { defaultPreprocess } from '../../preprocessing.js';
import type { KerasNode } from './graph.js';
import { isIdentity, reshaped } from './layers.js';
import type { Piece } from './series-parallel.js';
import { whereOf, type WeightsOf } from './weights.js';

/** scale · x + offset, for all alike or for each channel. */
interface Affine {
  scale: readonly number[];
  offset: readonly number[];
}

export interface KerasInput {
  /** What comes after the layers that are read as preprocessing. */
  rest: Piece[];
  shape: number[];
  preprocess: Preprocessing;
  /** The model does not scale pixels itself. */
  isAssumed: boolean;
  notes: string[];
}

/**
 * The layers at a model's input that only scale, shift or reshape it, as preprocessing.
 * @param open The shape of the input, without the batch axis.
 * @throws {HandfulError} `bad-model` for an input that handful's networks do not have.
 */
export function readInput(
  pieces: readonly Piece[],
  open: readonly (number | null)[],
  weightsOf: WeightsOf,
): KerasInput {
  let shape = imageOrFlat(open);
  let affine: Affine | undefined;
  let index = 0;
  for (const piece of pieces) {
    const { node, branches } = piece;
    const { className, config } = node;
    if (branches) break;
    if (className === 'Rescaling') affine = after(affine, rescaling(node));
    else if (className === 'Normalization') affine = after(affine, normalization(node, shape, weightsOf));
    else if (className === 'Reshape') {
      const target = reshaped(config, shape, whereOf(node));
      if (target.length === 1 && shape.length !== 1) break; // a flatten, which the network has
      if (affine && affine.scale.length > 1) break;
      shape = imageOrFlat(target);
    } else if (!isIdentity(node)) break;
    index++;
  }
  const rest = pieces.slice(index);
  checkLengths(affine, shape);
  return { rest, shape, ...preprocessing(shape, affine) };
}

// Preprocessing has a number for each channel, so that they are bounded before there are any.
const MOST_VALUES = 1 << 26;
const MOST_CHANNELS = 1 << 16;

/** handful's shape for one of Keras's: an image without channels has one. @throws {HandfulError} `bad-model` */
function imageOrFlat(open: readonly (number | null)[]): number[] {
  const shape = open.filter((size) => size !== null);
  if (shape.length < open.length)
    badModel(
      `The model leaves sizes of its input open, ${quote(open)}; handful's networks take inputs of one size: build it ` +
        'with an Input of that shape, take the weights over with set_weights, and save it again.',
    );
  const [height, width, channels = 1] = shape;
  const isSane =
    shape.every((size) => size <= MOST_VALUES) && sizeOf(shape) <= MOST_VALUES && channels <= MOST_CHANNELS;
  if (isSane && shape.length === 2) return [height ?? 1, width ?? 1, 1];
  if (isSane && (shape.length === 1 || shape.length === 3)) return shape;
  return badModel(`The model takes inputs of ${quote(open)}; handful's are [height, width, channels] or [features].`);
}

function rescaling(node: KerasNode): Affine {
  const { scale = 1, offset = 0 } = node.config;
  return { scale: numbers(scale, node, 'scale'), offset: numbers(offset, node, 'offset') };
}

function normalization(node: KerasNode, shape: readonly number[], weightsOf: WeightsOf): Affine {
  const { axis = -1, mean, variance, invert } = node.config;
  if (invert === true) badModel(`${whereOf(node)} turns values back; handful reads what normalises them.`);
  const [only, ...others] = Array.isArray(axis) ? (axis as unknown[]) : [axis];
  if (others.length > 0 || (only !== undefined && only !== null && only !== -1 && only !== shape.length))
    badModel(`${whereOf(node)} normalises the axis ${quote(axis)}; handful the last one.`);
  const weights = mean === undefined || mean === null ? weightsOf(node, ['mean', 'variance']) : undefined;
  const own = (name: string, given: unknown) =>
    numbers(weights ? [...(weights.get(name)?.data ?? [])] : given, node, name);
  const means = own('mean', mean);
  const scale = own('variance', variance).map((value) => 1 / Math.max(Math.sqrt(value), 1e-7));
  return { scale, offset: broadcast(means, scale, (mean, factor) => -mean * factor) };
}

/** A number, or a list of such at any depth. */
function numbers(value: unknown, node: KerasNode, name: string): number[] {
  const list: unknown[] = [value].flat(8);
  if (list.length > 0 && list.every((each) => typeof each === 'number')) return list;
  return badModel(`${whereOf(node)} has the ${name} ${quote(value)}; expected numbers.`);
}

function after(first: Affine | undefined, { scale, offset }: Affine): Affine {
  if (!first) return { scale, offset };
  const shifted = broadcast(first.offset, scale, (a, b) => a * b);
  return {
    scale: broadcast(first.scale, scale, (a, b) => a * b),
    offset: broadcast(shifted, offset, (a, b) => a + b),
  };
}

function broadcast(a: readonly number[], b: readonly number[], f: (a: number, b: number) => number): number[] {
  const at = (list: readonly number[], i: number) => list[list.length === 1 ? 0 : i] ?? NaN;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => f(at(a, i), at(b, i)));
}

function checkLengths(affine: Affine | undefined, shape: readonly number[]): void {
  const channels = shape.at(-1) ?? 0;
  for (const list of affine ? [affine.scale, affine.offset] : [])
    if (list.length !== 1 && list.length !== channels)
      badModel(`The model normalises its input [${shape}] by ${list.length} numbers; expected 1 or ${channels}.`);
  if (affine && !affine.scale.every((scale) => scale > 0))
    badModel(
      `The model scales its input by ${quote(affine.scale)}; handful's preprocessing scales by what is above 0.`,
    );
}

/** Steeper than this, a model was made for pixels from 0 to 1, as handful's are; else for 0 to 255. */
const STEEP = 0.1;

function preprocessing(
  shape: readonly number[],
  affine: Affine | undefined,
): Pick<KerasInput, 'preprocess' | 'isAssumed' | 'notes'> {
  const own = affine && (affine.scale.length > 1 || affine.offset.length > 1);
  const { kind } = own && shape.length === 1 ? { kind: 'none' as const } : defaultPreprocess(shape);
  const { scale, offset } = affine ?? { scale: [1], offset: [0] };
  const isBytes = kind !== 'none' && scale.every((each) => each < STEEP);
  const notes = affine && kind !== 'none' ? [`The model scales pixels itself, from 0 to ${isBytes ? 255 : 1}.`] : [];
  const std = broadcast(scale, isBytes ? [255] : [1], (a, b) => tidy(1 / (a * b)));
  const mean = broadcast(offset, scale, (a, b) => tidy(-a / b / (isBytes ? 255 : 1)));
  const features = own && kind === 'none' && shape.length === 1 ? sizeOf(shape) : (shape[2] ?? 1);
  const each = (list: number[]) => broadcast(list, new Array<number>(features).fill(0), (a) => a);
  return { preprocess: { kind, mean: each(mean), std: each(std) }, isAssumed: !affine, notes };
}

/** Without the last digits, which are those of rounding; no negative zero. */
const tidy = (value: number): number => Number(value.toPrecision(12)) + 0;
