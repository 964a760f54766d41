import { find, make } from './dom.js';
import { say } from './say.js';
import { read, writeIfPossible } from './store.js';

// What suits a person on all pages, kept in this browser: larger type, whether single keys are shortcuts, and
// the language. What was chosen before is settled in the page's head (language.js).

const KEYS = 'handful-keys';
const LARGER = 'handful-larger';
const LANGUAGE = 'handful-language';

let keys = (read(KEYS) ?? true) === true;

/** Whether a letter or digit by itself does something; who speaks to the computer, or shakes, can turn that off. */
export const singleKeys = () => keys;

/** @param {string} text @param {boolean} checked @param {(checked: boolean) => void} onChange */
function box(text, checked, onChange) {
  const input = make('input', { type: 'checkbox', checked });
  input.addEventListener('change', () => onChange(input.checked));
  return make('label', { className: 'check' }, input, text);
}

/** Another one is spoken from the page's beginning. */
function languageMenu() {
  const menu = make(
    'select',
    {},
    ...Object.entries(globalThis.handfulLanguages).map(([lang, { name }]) =>
      make('option', { value: lang, lang, textContent: name, selected: lang === document.documentElement.lang }),
    ),
  );
  menu.addEventListener('change', () => {
    writeIfPossible(LANGUAGE, menu.value);
    const url = new URL(location.href);
    url.searchParams.delete('lang');
    history.replaceState(null, '', url);
    location.reload();
  });
  return make('label', { className: 'field' }, say.settings.language, menu);
}

const { classList } = document.documentElement;
const fold = make(
  'details',
  { className: 'settings-fold' },
  make(
    'summary',
    { title: say.settings.title },
    make('span', { className: 'sr-only', textContent: say.settings.title }),
  ),
  make(
    'div',
    { className: 'card' },
    box(say.settings.larger, classList.contains('larger'), (checked) => {
      classList.toggle('larger', checked);
      writeIfPossible(LARGER, checked);
    }),
    box(say.settings.keys, keys, (checked) => {
      keys = checked;
      writeIfPossible(KEYS, checked);
    }),
    languageMenu(),
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
