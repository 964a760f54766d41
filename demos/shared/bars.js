import { make, percent } from './dom.js';

/**
 * Probabilities as bars, one a label.
 * @param {HTMLUListElement} list
 */
export function showBars(list, labels, probabilities) {
  if (list.children.length !== labels.length || [...list.children].some((row, i) => row.dataset.label !== labels[i]))
    list.replaceChildren(...labels.map(bar));
  const most = Math.max(...probabilities);
  probabilities.forEach((probability, i) => {
    const row = list.children[i];
    row.style.setProperty('--share', String(probability));
    row.classList.toggle('most', probability === most && most > 0);
    row.lastElementChild.textContent = probability >= 0.005 ? percent(probability) : '';
  });
}

function bar(label) {
  const row = make(
    'li',
    {},
    make('span', { className: 'name', textContent: label, title: label }),
    make('span', { className: 'bar' }),
    make('span', { className: 'value' }),
  );
  row.dataset.label = label;
  return row;
}
