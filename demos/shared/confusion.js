import { make } from './dom.js';
import { say } from './say.js';

/**
 * A confusion matrix as a picture that is a table: a row a true label, a column an answer, the stronger the more often.
 * @param {{ labels: string[], confusion: number[][] }} measured
 * @param {string} caption
 */
export function confusionTable({ labels, confusion }, caption) {
  const head = make('tr', {}, make('td'), ...labels.map((label) => make('th', { scope: 'col', textContent: label })));
  const rows = confusion.map((counts, truth) => {
    const all = counts.reduce((sum, n) => sum + n, 0);
    const cells = counts.map((n, answer) => {
      const cell = make('td', { textContent: n > 0 ? String(n) : '', className: truth === answer ? 'right' : 'wrong' });
      if (n > 0) {
        cell.style.setProperty('--share', String(n / all));
        if (n / all > 0.5) cell.classList.add('strong');
        cell.title = say.teach.cell({ truth: labels[truth], answer: labels[answer], n, all });
      }
      return cell;
    });
    return make('tr', {}, make('th', { scope: 'row', textContent: labels[truth] }), ...cells);
  });
  return make(
    'table',
    { className: labels.some((label) => label.length > 2) ? 'confusion long' : 'confusion' },
    make('caption', { textContent: caption }),
    make('thead', {}, head),
    make('tbody', {}, ...rows),
  );
}
