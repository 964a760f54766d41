import { count, find, findA, make } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { thumbnail } from './thumbnail.js';

/** So many places are shown as free: fewer examples of a label teach little. */
const A_FEW = 3;

/**
 * Shows all examples, a row a label, each a button that takes it out.
 * @param {import('./examples.js').Examples} examples
 */
export function showLibrary(examples) {
  const list = find('#library');
  const focused = [...list.querySelectorAll('button')].findIndex((button) => button === document.activeElement);
  list.replaceChildren(...examples.labels.map((label) => row(label, examples)));
  // Who deletes by keyboard goes on with the next one.
  if (focused >= 0) ([...list.querySelectorAll('button')].at(focused) ?? find('#undo')).focus();

  const n = examples.all.length;
  find('#how-many').textContent = n === 0 ? 'Draw a few of each.' : `${count(n, 'example')}.`;
  findA(HTMLButtonElement, '#remove-all').disabled = n === 0;
}

/** @param {string} label @param {import('./examples.js').Examples} examples */
function row(label, examples) {
  const own = examples.of(label);
  const thumbnails = own.map((example, i) => {
    const button = make(
      'button',
      { type: 'button', className: 'thumbnail', title: 'Take out', 'aria-label': `Take out ${label}, ${i + 1}` },
      thumbnail(example.strokes),
    );
    button.addEventListener('click', () => attempt(() => examples.remove(example)));
    return button;
  });
  const free = Array.from({ length: Math.max(0, A_FEW - own.length) }, () => make('span', { className: 'free' }));
  return make(
    'li',
    {},
    make('span', { className: 'name', textContent: label, title: label }),
    make('div', { className: 'thumbnails' }, ...thumbnails, ...free),
  );
}
