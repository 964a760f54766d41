// The table of fine-tuning's defaults, as Markdown between two marks.

import { format, resolveConfig } from 'prettier';
import { regimeWords } from './regime-words.mjs';

const [START, END] = ['<!-- defaults: npm run docs:defaults -->', '<!-- /defaults -->'];

/**
 * @typedef {import('../../src/training/plans/regimes.ts').Regime} Regime
 * @typedef {import('../../src/training/plans/regimes.ts').Defaults} Defaults
 */

/**
 * A Markdown document with the tables of these defaults between its marks, formatted.
 *
 * @param {string} markdown
 * @param {readonly Regime[]} regimes
 * @param {Defaults['optimizers']} optimizers
 * @param {string} source the text of `regimes.ts`, for the words above each row
 */
export async function withDefaults(markdown, regimes, optimizers, source) {
  const [start, end] = [markdown.indexOf(START), markdown.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`There is no ${START} … ${END}.`);
  const tables = `${regimesTable(regimes, regimeWords(source))}\n\n${optimizersTable(optimizers)}`;
  const text = `${markdown.slice(0, start)}${START}\n\n${tables}\n\n${markdown.slice(end)}`;
  return format(text, { ...(await resolveConfig('README.md')), parser: 'markdown' });
}

/**
 * @param {readonly Regime[]} regimes
 * @param {import('./regime-words.mjs').Words[]} words
 */
function regimesTable(regimes, words) {
  const rows = regimes.map(({ sets }, row) => {
    const { when = '', because = '' } = words[row] ?? {};
    return [when, inWords(sets).join('; '), because];
  });
  return table([['when', 'default', 'because'], ...rows]);
}

/** @param {Defaults['optimizers']} optimizers */
function optimizersTable(optimizers) {
  const rows = Object.entries(optimizers).map(([name, defaults]) => {
    const { learningRate, headLearningRate = learningRate, weightDecay = 0, momentum = 0 } = defaults;
    return [`\`'${name}'\``, `${learningRate}`, `${headLearningRate}`, `${weightDecay}`, `${momentum}`];
  });
  return table([['optimizer', 'learningRate', 'of the head alone', 'weightDecay', 'momentum'].map(head), ...rows]);
}

const head = (/** @type {string} */ name) => (name.includes(' ') ? name : `\`${name}\``);
const table = (/** @type {string[][]} */ [first, ...rows]) =>
  [first, first.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/**
 * What a row sets, option by option.
 *
 * @param {Partial<Defaults>} sets
 */
function inWords(sets) {
  const {
    validation,
    holdBackFrom,
    refitBelow,
    length,
    optimizer,
    optimizers,
    learningRateFactor,
    isRateByShare,
    ...options
  } = sets;
  const words = [];
  if (validation) words.push(`\`validation\` ${validation} from ${holdBackFrom} samples of each class on, else 0`);
  else if (holdBackFrom) words.push(`\`validation\` only from ${holdBackFrom} samples of each class on`);
  if (refitBelow) words.push(`what was held back is learned from too with fewer than ${refitBelow} of each class`);
  if (length) words.push(`\`epochs\` ${lengthInWords(length)}`);
  if (optimizer) words.push(`\`optimizer\` \`'${optimizer}'\``);
  if (optimizer && optimizers) {
    const { learningRate, headLearningRate, weightDecay = 0 } = optimizers[optimizer];
    words.push(`\`learningRate\` ${learningRate}${headLearningRate ? ` (${headLearningRate} of the head alone)` : ''}`);
    words.push(`\`weightDecay\` ${weightDecay}`);
  }
  if (learningRateFactor && learningRateFactor !== 1) words.push(`\`learningRate\` times ${learningRateFactor}`);
  if (isRateByShare) words.push('`learningRate` times the share of the classes that have samples');
  if (isRateByShare === false) words.push('`learningRate` whatever share of the classes has samples');
  for (const [name, value] of Object.entries(options)) words.push(`\`${name}\` ${valueInWords(value)}`);
  return words;
}

/** @param {Defaults['length']} length */
function lengthInWords(length) {
  if ('epochs' in length) return `${length.epochs}`;
  const { steps, leastEpochs, mostEpochs, growsFrom } = length;
  const more = growsFrom ? ` (more for more than ${growsFrom} samples)` : '';
  return `that make ${steps} steps${more}, ${leastEpochs} to ${mostEpochs}`;
}

/** @param {unknown} value */
function valueInWords(value) {
  if (typeof value === 'string') return `\`'${value}'\``;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, each]) => `${name}: ${each}`);
  return `\`{ ${fields.join(', ')} }\``;
}
