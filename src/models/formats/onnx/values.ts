// What flows through a graph while it is read: parts of our network that grow, and how the file lays their numbers out.

import type { Activation, Layer } from '../../../types.js';
import type { ForeignTensor } from '../foreign-model.js';
import type { Tensor } from './tensors.js';

/** Part of a network: a layer, a factor and a summand that layers may absorb, or a sum of two branches. */
export type Piece =
  | {
      kind: 'layer';
      /** Whatever name it has is replaced, after the hints. */
      layer: Layer;
      /** In handful's layout, by what follows the layer's name, such as `weight`. */
      tensors: Record<string, ForeignTensor>;
      /** Names that the file gives to the layer's tensors and its node. */
      hints: string[];
    }
  /** Of each channel, or one of all. */
  | { kind: 'scale'; scale: Float32Array; shift: Float32Array; channels: number; hints: string[] }
  | { kind: 'sum'; branches: [Piece[], Piece[]]; activation?: Activation };

/** What the network computes up to some place. */
export interface Wire {
  /** Of one wire, or the sum of two. */
  readonly inputs: readonly [] | readonly [Wire] | readonly [Wire, Wire];
  /** What makes it of its one input. */
  readonly piece: Piece | undefined;
  /** The nearest wire that all ways from the input to this one go through. */
  readonly fork: Wire | undefined;
  /** How many forks come before it. */
  readonly depth: number;
  readonly label: string;
  /** Of the network's input: the image that the file makes of a list before anything else. */
  becomes?: ImageForm;
}

/** How a value lies in the file, less the batch. */
export type Form = ImageForm | ListForm;

export interface ImageForm {
  /** Letters h, w and c in the file's order; `hw` has no axis of channels. */
  axes: string;
  height: number;
  width: number;
  channels: number;
  /** Zeros that a Pad put around it. */
  pads?: Pads;
}

export interface ListForm {
  /** Of which one at most is not 1. */
  dims: readonly number[];
  features: number;
  /** Where each of the file's features is among ours; undefined if both have one order. */
  places?: Uint32Array;
}

export type Pads = readonly [top: number, bottom: number, left: number, right: number];

/** A tensor of the graph that depends on the input. */
export interface Value {
  readonly wire: Wire;
  readonly form: Form;
  /** A function of the wire's numbers, one by one, that is not part of the network yet. */
  readonly pending?: Pending;
  /** What it has become once a layer needed it. */
  settled?: Value;
}

/** A function of one number, known by what it makes of `POINTS`. */
export interface Pending {
  readonly samples: Float64Array;
  /** What else may stand for it if it is none that handful knows. */
  readonly otherwise: () => Value;
}

export const isTensor = (value: Value | Tensor): value is Tensor => 'data' in value;

export function dimsOf(form: Form): readonly number[] {
  if ('dims' in form) return form.dims;
  const lengths: Record<string, number> = { h: form.height, w: form.width, c: form.channels };
  return [...form.axes].map((axis) => lengths[axis] ?? 0);
}

/** Numbers of the last axis in our layout. */
export function channelsOf(form: Form): number {
  return 'dims' in form ? form.features : form.channels;
}

export function firstWire(): Wire {
  return { inputs: [], piece: undefined, fork: undefined, depth: 0, label: 'the input' };
}

/** The network's input, where all ways to a wire begin. */
export function firstOf(wire: Wire): Wire {
  while (wire.fork) wire = wire.fork;
  return wire;
}

export function append(wire: Wire, piece: Piece, label: string): Wire {
  return { inputs: [wire], piece, fork: wire, depth: wire.depth + 1, label };
}

export function sum(a: Wire, b: Wire, label: string): Wire {
  const fork = commonFork(a, b);
  return { inputs: [a, b], piece: undefined, fork, depth: fork.depth + 1, label };
}

function commonFork(a: Wire, b: Wire): Wire {
  while (a !== b) {
    if (a.depth >= b.depth) a = a.fork ?? a;
    else b = b.fork ?? b;
  }
  return a;
}
