import { find, make } from './dom.js';
import { percent } from './say.js';

/**
 * Probabilities as bars, one a label.
 * @param {HTMLUListElement} list
 * @param {readonly string[]} labels
 * @param {number[]} probabilities
 */
export function showBars(list, labels, probabilities) {
  const rows = () => [...list.children].filter((row) => row instanceof HTMLElement);
  if (list.children.length !== labels.length || rows().some((row, i) => row.dataset.label !== labels[i]))
    list.replaceChildren(...labels.map(bar));
  list.classList.toggle(
    'short',
    labels.every((label) => label.length <= 2),
  );
  const most = Math.max(...probabilities);
  for (const [i, row] of rows().entries()) {
    const probability = probabilities[i];
    row.style.setProperty('--share', String(probability));
    row.classList.toggle('most', probability === most && most > 0);
    find('.value', row).textContent = probability >= 0.005 ? percent(probability) : '';
  }
}

/** @param {string} label */
function bar(label) {
  const row = make(
    'li',
    {},
    make('span', { className: 'name', textContent: label }),
    make('span', { className: 'bar' }),
    make('span', { className: 'value' }),
  );
  row.dataset.label = label;
  return row;
}
