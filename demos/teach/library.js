import { find, make } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { say } from '../shared/say.js';
import { thumbnail } from '../shared/thumbnail.js';

/** So many places are shown as free at first. */
const PLACES = 5;

/**
 * Shows all examples, a row a label, each a button that takes it out.
 * @param {import('./examples.js').Examples} examples
 * @param {string | undefined} current The label that is asked for; on a phone only its row is shown.
 * @param {(label: string) => void} onTakenOut
 */
export function showLibrary(examples, current, onTakenOut) {
  const list = find('#library');
  const focused = [...list.querySelectorAll('button')].findIndex((button) => button === document.activeElement);
  list.classList.toggle('own', examples.own);
  list.replaceChildren(...examples.labels.map(row));
  // Who deletes by keyboard goes on with the next one.
  if (focused >= 0) ([...list.querySelectorAll('button')].at(focused) ?? find('#undo')).focus();

  /** @param {string} label */
  function row(label) {
    const own = examples.of(label);
    const thumbnails = own.map((example, i) => {
      const button = make(
        'button',
        { type: 'button', className: 'thumbnail', 'aria-label': say.teach.takeOut({ label, n: i + 1 }) },
        thumbnail(example),
      );
      button.addEventListener('click', () => attempt(() => (examples.remove(example), onTakenOut(label))));
      return button;
    });
    const free = Array.from({ length: Math.max(0, PLACES - own.length) }, () => make('span', { className: 'free' }));
    return make(
      'li',
      { className: label === current ? 'current' : '' },
      make('span', { className: 'name', textContent: label }),
      make('div', { className: 'thumbnails' }, ...thumbnails, ...free),
    );
  }
}

/** All that it will learn from, to look at. @param {import('./examples.js').Examples} examples */
export function showWall(examples) {
  find('#wall').replaceChildren(...examples.all.slice(-120).map(thumbnail));
  const { all, begun } = examples;
  find('#how-many').textContent =
    all.length === 0 ? say.teach.nothingYet : say.teach.allDrawn({ n: all.length, kinds: begun.length });
}
