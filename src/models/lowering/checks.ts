import { HandfulError } from '../../errors.js';
import { quote } from '../../common/messages.js';
import type { Activation } from '../../types.js';

const ACTIVATIONS: readonly Activation[] = ['relu', 'sigmoid', 'tanh', 'leakyRelu', 'gelu', 'geluTanh', 'silu'];

/** @throws {HandfulError} `bad-argument`, always. */
export function refuseSpec(message: string): never {
  throw new HandfulError('bad-argument', message);
}

/** A whole number of a spec. @throws {HandfulError} `bad-argument` */
export function wholeNumber(value: unknown, what: string, least = 1): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > 1 << 24)
    return refuseSpec(`${what} is a whole number from ${least}; got ${quote(value)}.`);
  return value;
}

/** @throws {HandfulError} `bad-argument` for an activation that is not known. */
export function checkActivation(layer: object, where: string): void {
  const { activation } = layer as { activation?: unknown };
  if (activation !== undefined && !ACTIVATIONS.includes(activation as Activation))
    refuseSpec(`${where} has the activation ${quote(activation)}; known: ${ACTIVATIONS.join(', ')}.`);
}

/** The shape of an image. @throws {HandfulError} `bad-argument` for anything else. */
export function imageShape(shape: readonly number[], where: string): readonly [number, number, number] {
  const [height, width, channels, ...rest] = shape;
  if (height === undefined || width === undefined || channels === undefined || rest.length > 0)
    return refuseSpec(`${where} takes an image [height, width, channels]; got [${shape}].`);
  return [height, width, channels];
}
