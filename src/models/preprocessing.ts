import { HandfulError, type HandfulErrorCode } from '../errors.js';
import type { Preprocessing } from '../types.js';
import { quote } from '../common/messages.js';
import { sizeOf } from '../common/shapes.js';

const KINDS = ['ink', 'photo', 'none'] as const;

/**
 * What suits an input of this shape: `ink` with MNIST's mean and standard deviation for [28, 28, 1] and [784], `photo`
 * with CIFAR-10's for square pictures in colour, else typed arrays as they come. Statistics are those of the training
 * images, scaled to 0..1.
 */
export function defaultPreprocess(input: readonly number[]): Preprocessing {
  if (isInk(input)) return { kind: 'ink', mean: [0.1307], std: [0.3081] };
  if (input.length === 3 && input[0] === input[1] && input[2] === 3)
    return { kind: 'photo', mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
  const everywhere = (value: number) => new Array<number>(channelsOf(input)).fill(value);
  return { kind: 'none', mean: everywhere(0), std: everywhere(1) };
}

/**
 * Checks preprocessing against the input's shape; a single mean or deviation stands for all channels.
 * @returns One mean and one deviation a channel, or a feature if they were given so.
 * @throws {HandfulError} `code`
 */
export function checkPreprocess(value: unknown, input: readonly number[], code: HandfulErrorCode): Preprocessing {
  const fail = (message: string): never => {
    throw new HandfulError(code, message);
  };
  if (typeof value !== 'object' || value === null) return fail(`Preprocessing is an object; got ${quote(value)}.`);
  const { kind, mean, std, invert, fit, order } = value as Record<keyof Preprocessing, unknown>;
  if (!KINDS.includes(kind as Preprocessing['kind']))
    fail(`preprocess.kind is one of ${KINDS.join(', ')}; got ${quote(kind)}.`);
  if (kind === 'ink' && !isInk(input))
    fail(`Preprocessing of ink needs the input [28, 28, 1] or [784]; got [${input}].`);
  if (kind === 'photo' && (input.length !== 3 || input[0] !== input[1] || (input[2] !== 1 && input[2] !== 3)))
    fail(`Preprocessing of photos needs a square input with 1 or 3 channels; got [${input}].`);

  // Numbers that are no picture may each have their own.
  const isList = (statistic: unknown) => Array.isArray(statistic) && statistic.length > 1;
  const own = kind === 'none' && input.length === 1 && (isList(mean) || isList(std));
  const channels = own ? sizeOf(input) : channelsOf(input);
  const statistic = (name: 'mean' | 'std', list: unknown): number[] => {
    if (!Array.isArray(list) || (list.length !== channels && list.length !== 1) || !list.every(Number.isFinite))
      return fail(
        `preprocess.${name} has a finite number for each of ${channels} ${own ? 'features' : 'channels'}; got ${quote(list)}.`,
      );
    if (name === 'std' && list.some((number) => number <= 0))
      return fail(`preprocess.std is greater than 0; got ${quote(list)}.`);
    return list.length === 1 ? new Array<number>(channels).fill(list[0]) : [...list];
  };
  // Only what is not the default, so that files stay as they were.
  const option = <T>(name: string, value: unknown, [usual, other]: readonly [T, T], suits: boolean, what: string) => {
    if (value === undefined || value === usual) return {};
    if (value !== other) fail(`preprocess.${name} is ${quote(usual)} or ${quote(other)}; got ${quote(value)}.`);
    return suits ? { [name]: other } : fail(`preprocess.${name} is for ${what}; got it with ${quote(kind)}.`);
  };
  return {
    kind: kind as Preprocessing['kind'],
    mean: statistic('mean', mean),
    std: statistic('std', std),
    ...option('invert', invert, [false, true], kind !== 'none', 'ink and photos'),
    ...option('fit', fit, [true, false], kind === 'ink', 'ink'),
    ...option('order', order, ['rgb', 'bgr'], kind === 'photo' && channels === 3, 'photos in colour'),
  };
}

const channelsOf = ([, , channels = 1]: readonly number[]): number => channels;

function isInk(input: readonly number[]): boolean {
  return String(input) === '28,28,1' || String(input) === '784';
}
