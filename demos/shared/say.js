// What the page says, in its language (./language.js, ../words/): words, and functions of what words are about.

export const say = await globalThis.handfulWords;

/** The language, as Intl takes it. */
const tag = say.about.tag;

const shares = new Intl.NumberFormat(tag, { style: 'percent' });

/** @param {number} share 0 to 1 */
export const percent = (share) => shares.format(share);

/** A number with so many digits after the point. @param {number} value @param {number} digits */
export const fixed = (value, digits) =>
  value.toLocaleString(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** What went wrong, in the page's language. */
export class Trouble extends Error {
  /** @override */
  name = 'Trouble';
}
