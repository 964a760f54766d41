// Where a convolution or a pool puts its windows, as specs say it.

import type { Sides } from '../../backends/operations.js';
import { quote } from '../../common/messages.js';
import type { Padding } from '../../types.js';
import { refuseSpec, wholeNumber } from './checks.js';

export type Pair = readonly [height: number, width: number];

export interface Windows {
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: Sides;
  /** Rows and columns of windows. */
  readonly output: Pair;
}

/**
 * Windows over an image of `size`, counted as PyTorch does (rounding down).
 * @param kernel What a spec calls the window.
 * @throws {HandfulError} `bad-argument` for padding that some windows would lie in.
 */
export function windowsOver(
  size: Pair,
  window: Pair,
  stride: Pair,
  padding: Padding,
  where: string,
  kernel: 'kernel' | 'size',
): Windows {
  const sides = sidesOf(padding, size, window, stride, `${where}.padding`);
  for (const [i, side] of sides.entries()) {
    const most = window[i < 2 ? 0 : 1];
    if (side >= most) refuseSpec(`${where}.padding is less than its ${kernel}, ${most}; got ${side}.`);
  }
  const [top, bottom, left, right] = sides;
  const count = (axis: 0 | 1, zeros: number) => Math.floor((size[axis] + zeros - window[axis]) / stride[axis]) + 1;
  return { window, stride, padding: sides, output: [count(0, top + bottom), count(1, left + right)] };
}

/** A whole number for height and width alike, or one for each. @throws {HandfulError} `bad-argument` */
export function pairOf(value: unknown, what: string): Pair {
  if (!Array.isArray(value)) {
    const both = wholeNumber(value, what);
    return [both, both];
  }
  if (value.length !== 2) return refuseSpec(`${what} is a whole number or [height, width]; got ${quote(value)}.`);
  return [wholeNumber(value[0], `${what}[0]`), wholeNumber(value[1], `${what}[1]`)];
}

function sidesOf(padding: unknown, size: Pair, window: Pair, stride: Pair, what: string): Sides {
  if (padding === 'same') return [...same(size[0], window[0], stride[0]), ...same(size[1], window[1], stride[1])];
  if (!Array.isArray(padding)) {
    const all = wholeNumber(padding, what, 0);
    return [all, all, all, all];
  }
  if (padding.length !== 4)
    return refuseSpec(`${what} is a whole number, [top, bottom, left, right] or 'same'; got ${quote(padding)}.`);
  const [top, bottom, left, right] = padding.map((side: unknown, i) => wholeNumber(side, `${what}[${i}]`, 0));
  return [top, bottom, left, right] as Sides;
}

/** Before and after an axis: as many outputs as strides fit into the input. */
function same(length: number, window: number, stride: number): [number, number] {
  const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + window - length);
  return [all >> 1, all - (all >> 1)];
}
