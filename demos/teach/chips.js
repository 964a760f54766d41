import { find, make } from '../shared/dom.js';
import { say } from '../shared/say.js';
import { thumbnail } from '../shared/thumbnail.js';

/** @import { Examples } from './examples.js' */

/**
 * Shows what can be asked for, a button a label, and of own labels one for another.
 * @param {Examples} examples
 * @param {string | undefined} current
 * @param {(label: string | undefined) => void} onChoose
 */
export function showChips(examples, current, onChoose) {
  const place = find('#labels');
  const focused = [...place.children].findIndex((each) => each === document.activeElement);
  const chips = examples.labels.map((label) => chip(label, ...content(label)));
  if (examples.own) chips.push(chip(undefined, make('span', { textContent: say.teach.newSymbol })));
  place.replaceChildren(...chips);
  if (focused >= 0) chips.at(focused)?.focus();
  chips.find((each) => each.matches('[aria-pressed=true]'))?.scrollIntoView({ block: 'nearest' });

  /** @param {string | undefined} label @param {...Node} children */
  function chip(label, ...children) {
    const button = make('button', { type: 'button', 'aria-pressed': String(label === current) }, ...children);
    button.classList.toggle('new', label === undefined);
    button.addEventListener('click', () => onChoose(label));
    return button;
  }

  /** A symbol's first drawing shows what its name means. @param {string} label */
  function content(label) {
    const own = examples.of(label);
    return [
      ...(examples.own ? own.slice(0, 1).map(thumbnail) : []),
      make('span', { textContent: label }),
      make('small', { textContent: own.length > 0 ? String(own.length) : '·', 'aria-hidden': 'true' }),
      make('span', { className: 'sr-only', textContent: say.teach.drawn({ n: own.length }) }),
    ];
  }
}
