import { confusionTable } from '../shared/confusion.js';
import { createCurve } from '../shared/curve.js';
import { find, make } from '../shared/dom.js';
import { fixed, percent, say } from '../shared/say.js';
import { endOf } from './outcome.js';

/** @import { EpochRecord } from 'handful' */

/** What handful itself says is English. */
const ofHandful = { lang: 'en', dir: 'ltr' };

const curves = {
  accuracy: createCurve({
    title: say.teach.accuracy,
    low: (values) => Math.max(0, Math.floor(10 * Math.min(...values) - 0.5) / 10),
    high: () => 1,
    say: percent,
  }),
  loss: createCurve({
    title: say.teach.loss,
    low: () => 0,
    high: (values) => Math.max(...values, 0.01),
    say: (value) => fixed(value, value < 0.1 ? 3 : 2),
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
    { name: say.teach.learnedFrom, values: series(learned) },
    { name: say.teach.heldBack, values: series(held) },
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
            figure(report.before.accuracy, say.teach.before),
            make('span', { className: 'arrow', textContent: '→', 'aria-hidden': 'true' }),
            figure(report.after.accuracy, say.teach.after),
            make('p', {
              className: 'soft',
              textContent:
                report.measuredOn === 'validation' ? say.teach.measuredHeld({ n }) : say.teach.measuredLearned({ n }),
            }),
          ),
        ]),
    make('p', { id: 'note', ...ofHandful, textContent: report.note }),
    ...(report.warnings.length > 0
      ? [
          make(
            'ul',
            { id: 'warnings', ...ofHandful },
            ...report.warnings.map(({ message }) => make('li', { textContent: message })),
          ),
        ]
      : []),
    make(
      'div',
      { className: 'matrices' },
      ...(before && !solved
        ? [confusionTable(before, say.teach.beforeCaption({ right: percent(before.accuracy) }))]
        : []),
      confusionTable(
        after,
        (solved ? say.teach.solvedCaption : say.teach.afterCaption)({ right: percent(after.accuracy) }),
      ),
    ),
    make('p', { className: 'soft', textContent: say.teach.howToRead }),
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
