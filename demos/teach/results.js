import { confusionTable } from '../shared/confusion.js';
import { createCurve } from '../shared/curve.js';
import { find, make, percent } from '../shared/dom.js';
import { endOf } from './outcome.js';
import { words } from './words.js';

/** @import { EpochRecord } from 'handful' */

const curves = {
  accuracy: createCurve({
    title: 'Accuracy',
    low: (values) => Math.max(0, Math.floor(10 * Math.min(...values) - 0.5) / 10),
    high: () => 1,
    say: percent,
  }),
  loss: createCurve({
    title: 'Loss',
    low: () => 0,
    high: (values) => Math.max(...values, 0.01),
    say: (value) => value.toFixed(value < 0.1 ? 3 : 2),
  }),
};
find('#curves').append(curves.accuracy.element, curves.loss.element);

/**
 * Draws loss and accuracy of the epochs up to now.
 * @param {EpochRecord[]} history
 * @param {number} epochs
 */
export function showCurves(history, epochs) {
  find('#curves').hidden = history.length === 0;
  if (history.length === 0) return;
  /** @param {keyof EpochRecord} key */
  const series = (key) => history.map((record) => record[key]).filter((value) => value !== undefined);
  /** @param {keyof EpochRecord} learned @param {keyof EpochRecord} held */
  const lines = (learned, held) => [
    { name: 'learned from', values: series(learned) },
    { name: 'held back', values: series(held) },
  ];
  curves.accuracy.show(lines('accuracy', 'validationAccuracy'), epochs);
  curves.loss.show(lines('loss', 'validationLoss'), epochs);
}

/** Shows how a lesson ended; without one, nothing. @param {import('./lesson.js').LessonResult | undefined} result */
export function showResult(result) {
  const place = find('#lesson');
  place.hidden = !result;
  if (!result) {
    place.replaceChildren();
    showCurves([], 0);
    return;
  }
  const { report, before, after } = result;
  showCurves(report.history, report.history.length);
  const n = report.measuredSamples;
  const solved = endOf(result) === 'solved';
  place.replaceChildren(
    ...(solved
      ? []
      : [
          make(
            'div',
            { className: 'change' },
            figure(report.before.accuracy, 'before'),
            make('span', { className: 'arrow', textContent: '→', 'aria-hidden': 'true' }),
            figure(report.after.accuracy, 'after'),
            make('p', {
              className: 'soft',
              textContent: report.measuredOn === 'validation' ? words.measuredHeld(n) : words.measuredLearned(n),
            }),
          ),
        ]),
    make('p', { id: 'note', textContent: report.note }),
    ...(report.warnings.length > 0
      ? [make('ul', { id: 'warnings' }, ...report.warnings.map(({ message }) => make('li', { textContent: message })))]
      : []),
    make(
      'div',
      { className: 'matrices' },
      ...(before && !solved ? [confusionTable(before, words.beforeCaption(percent(before.accuracy)))] : []),
      confusionTable(after, (solved ? words.solvedCaption : words.afterCaption)(percent(after.accuracy))),
    ),
    make('p', { className: 'soft', textContent: words.howToRead }),
  );
}

/** @param {number} accuracy @param {string} name */
function figure(accuracy, name) {
  return make(
    'div',
    { className: 'figure' },
    make('b', { textContent: percent(accuracy) }),
    make('span', { className: 'soft', textContent: name }),
  );
}
