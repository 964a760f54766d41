/** @import { InkStroke } from 'handful/elements' */

/** Of so many drawings read, that share is well done. */
const GOOD = 0.7;

/** @typedef {{ label: string, strokes: InkStroke[], read: string | undefined }} Turn `read` is undefined where nothing was recognised. */

/** The ten digits in an order that no one knows. */
export function shuffledDigits() {
  const digits = [...'0123456789'];
  for (let i = digits.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [digits[i], digits[j]] = [digits[j], digits[i]];
  }
  return digits;
}

/** How many were read as what was asked for. @param {Turn[]} turns */
export const rightOf = (turns) => turns.filter(({ label, read }) => label === read).length;

/** In which words a round ends. @param {number} right @param {number} all */
export function praise(right, all) {
  if (right === all) return 'allRight';
  return right >= GOOD * all ? 'mostRight' : 'someRight';
}
