import { find } from '../shared/dom.js';
import { modeNames } from './examples.js';

/** @import { Mode } from './examples.js' */

const stepNames = /** @type {const} */ (['draw', 'teach', 'try']);

/** @typedef {typeof stepNames[number]} Step */

/** Where the page is, as its address says: `#symbols/try`. @returns {{ mode: Mode, step: Step }} */
export function place() {
  const [mode, step] = location.hash.slice(1).split('?')[0].split('/');
  return {
    mode: modeNames.find((each) => each === mode) ?? modeNames[0],
    step: stepNames.find((each) => each === step) ?? 'draw',
  };
}

/** Goes to a step, by the address, so that a browser's Back comes from there. @param {Mode} mode @param {Step} step */
export function go(mode, step) {
  location.hash = `${mode}/${step}`;
}

/**
 * Shows one step after another.
 * @param {(mode: Mode, step: Step) => void} onPlace Told where the page is, at first and after every change.
 */
export function createSteps(onPlace) {
  const nav = find('.steps');

  function show() {
    const { mode, step } = place();
    for (const each of stepNames) find(`#${each}`).hidden = each !== step;
    for (const link of nav.querySelectorAll('a')) {
      const its = link.dataset.step ?? '';
      link.href = `#${mode}/${its}`;
      if (its === step) link.setAttribute('aria-current', 'step');
      else link.removeAttribute('aria-current');
    }
    onPlace(mode, step);
  }

  addEventListener('hashchange', () => {
    show();
    scrollTo(0, 0);
    find(`#${place().step} h2`).focus({ preventScroll: true });
  });
  show();
}
