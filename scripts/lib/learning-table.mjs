// The tables of docs/learning.json, as Markdown.
import { markdownTable } from './marked.mjs';

/**
 * @typedef {object} Learning what docs/learning.json holds
 * @property {{ network: string, perClass: number, accuracy: number }[]} fresh
 * @property {{ id: string, perLetter: number, beside: number, digitsLost: number }[]} letters
 */

const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
const unique = (/** @type {(string | number)[]} */ values) => [...new Set(values)];

/** Networks that were never trained, by samples of each class. @param {Learning} learning */
export function freshTable({ fresh }) {
  const counts = unique(fresh.map(({ perClass }) => perClass));
  const rows = unique(fresh.map(({ network }) => network)).map((network) => {
    const of = (/** @type {string | number} */ count) =>
      fresh.find((each) => each.network === network && each.perClass === count);
    return [network, ...counts.map(of).map((found) => (found ? `${percent(found.accuracy)} %` : ''))];
  });
  return markdownTable([['samples of each digit', ...counts], ...rows]);
}

/** One letter beside the digits. @param {Learning} learning */
export function lettersTable({ letters }) {
  const counts = unique(letters.map(({ perLetter }) => perLetter));
  const rows = unique(letters.map(({ id }) => id)).map((id) => {
    const its = letters.filter((each) => each.id === id);
    const read = its.map(({ beside }) => percent(beside)).join(', ');
    return [`\`${id}\``, `${read} %`, its.map(({ digitsLost }) => percent(digitsLost)).join(', ')];
  });
  return markdownTable([
    ['network', `read, from ${counts.join(', ')} drawings`, 'points of MNIST that this costs'],
    ...rows,
  ]);
}
