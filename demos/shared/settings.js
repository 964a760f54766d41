import { find, make } from './dom.js';
import { read, writeIfPossible } from './store.js';

// What suits a person on all pages, kept in this browser: larger type, and whether single keys are shortcuts.

const words = {
  settings: 'Settings',
  larger: 'Larger type, for a projector',
  keys: 'Single keys are shortcuts',
};

const KEYS = 'handful-keys';
const LARGER = 'handful-larger';

let keys = (read(KEYS) ?? true) === true;

/** Whether a letter or digit by itself does something; who speaks to the computer, or shakes, can turn that off. */
export const singleKeys = () => keys;

/** @param {boolean} large */
function setType(large) {
  document.documentElement.classList.toggle('larger', large);
}

/** @param {string} text @param {boolean} checked @param {(checked: boolean) => void} onChange */
function box(text, checked, onChange) {
  const input = make('input', { type: 'checkbox', checked });
  input.addEventListener('change', () => onChange(input.checked));
  return make('label', { className: 'check' }, input, text);
}

const large = read(LARGER) === true;
setType(large);
const fold = make(
  'details',
  { className: 'settings-fold' },
  make('summary', { title: words.settings }, make('span', { className: 'sr-only', textContent: words.settings })),
  make(
    'div',
    { className: 'card' },
    box(words.larger, large, (checked) => {
      setType(checked);
      writeIfPossible(LARGER, checked);
    }),
    box(words.keys, keys, (checked) => {
      keys = checked;
      writeIfPossible(KEYS, checked);
    }),
  ),
);
find('.top').append(fold);
const close = (/** @type {Event} */ { target }) => {
  if (target instanceof Node && !fold.contains(target)) fold.open = false;
};
document.addEventListener('pointerdown', close);
fold.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !fold.open) return;
  fold.open = false;
  find('summary', fold).focus();
});
