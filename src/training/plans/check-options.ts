import { badOption } from '../../common/messages.js';
import { HandfulError } from '../../errors.js';
import type { ScheduleName } from '../../types.js';
import { OPTIMIZERS } from './regimes.js';
import type { TuneOptions } from './task.js';

const SCHEDULES: readonly ScheduleName[] = ['constant', 'linear', 'cosine', 'one-cycle'];

const KNOWN = [
  'epochs',
  'batchSize',
  'optimizer',
  'learningRate',
  'momentum',
  'weightDecay',
  'schedule',
  'labelSmoothing',
  'augment',
  'layers',
  'validation',
  'patience',
  'labels',
  'keep',
  'seed',
];

/** @throws {HandfulError} `bad-argument` naming the option, what came and what was expected. */
export function checkOptions(options: TuneOptions): void {
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    throw new HandfulError('bad-argument', `There is no option ${unknown}; there are: ${KNOWN.join(', ')}.`);
  whole('epochs', options.epochs, 1, 100_000);
  whole('batchSize', options.batchSize, 1, 65_536);
  whole('patience', options.patience, 0, 100_000);
  whole('seed', options.seed, 0, 2 ** 32 - 1);
  between('learningRate', options.learningRate, 0, 100);
  between('momentum', options.momentum, 0, 1);
  between('weightDecay', options.weightDecay, 0, 1);
  between('labelSmoothing', options.labelSmoothing, 0, 0.9);
  between('validation', options.validation, 0, 0.9);
  oneOf('optimizer', options.optimizer, Object.keys(OPTIMIZERS));
  oneOf('schedule', options.schedule, SCHEDULES);
  oneOf('keep', options.keep, ['better', 'always']);
  const { augment } = options; // createAugment checks what an object holds
  if (augment !== undefined && typeof augment !== 'boolean' && (typeof augment !== 'object' || augment === null))
    badOption('augment', 'true, false or an object', augment);
  if (typeof options.layers !== 'number') oneOf('layers', options.layers, ['all', 'head']);
  else whole('layers', options.layers, 1, 1000);
}

function whole(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
    badOption(name, `a whole number from ${least} to ${most}`, value);
}

function between(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most))
    badOption(name, `a number from ${least} to ${most}`, value);
}

function oneOf(name: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    badOption(name, known.map((word) => `'${word}'`).join(', '), value);
}
