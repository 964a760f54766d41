import { read, writeIfPossible } from './store.js';

/** @import { InkPad } from 'handful/elements' */

const CARRIED = 'handful-carried';

/** Links with `data-carry` take what is on the pad along to their page. @param {InkPad} pad */
export function addCarrying(pad) {
  for (const link of document.querySelectorAll('a[data-carry]'))
    link.addEventListener('click', () => writeIfPossible(CARRIED, pad.value));
}

/** Puts what was taken along on this page's pad, once. @param {InkPad} pad @returns whether there was something. */
export function takeCarried(pad) {
  const ink = read(CARRIED);
  localStorage.removeItem(CARRIED);
  return putBack(pad, ink);
}

/** Has a pad's drawing outlive a reload. @param {InkPad} pad @param {string} key */
export function keepDrawing(pad, key) {
  putBack(pad, read(key));
  pad.addEventListener('change', () => writeIfPossible(key, pad.value));
}

/** @param {InkPad} pad @param {unknown} ink */
function putBack(pad, ink) {
  if (!ink) return false;
  try {
    pad.value = /** @type {InkPad['value']} */ (ink);
  } catch {
    return false; // stored by something else
  }
  return !pad.blank;
}
