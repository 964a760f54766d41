import { find, make } from '../shared/dom.js';
import { percent, say } from '../shared/say.js';

/**
 * @import { Mode } from './examples.js'
 * @import { LessonResult, Measured } from './lesson.js'
 */

/** Less than this share read right afterwards is no success. */
const ENOUGH = 0.8;

/** How a lesson ended: it could read all already; it learned; or it became no better. @param {LessonResult} result */
export function endOf({ report, before }) {
  if (before?.accuracy === 1) return 'solved';
  return report.kept === 'tuned' ? 'learned' : 'no-better';
}

/** Whether there is reason for joy. @param {LessonResult} result */
export function isGood(result) {
  return endOf(result) !== 'no-better' && result.after.accuracy >= ENOUGH;
}

/** Says how a lesson ended, in words for everybody. @param {LessonResult | undefined} result @param {Mode} mode */
export function showOutcome(result, mode) {
  const place = find('#outcome');
  place.hidden = !result;
  if (!result) return place.replaceChildren();
  const [title, text] = sentences(result, mode);
  place.className = `outcome ${endOf(result)}`;
  place.replaceChildren(make('b', { textContent: title }), make('span', { textContent: text }));
}

/** @param {LessonResult} result @param {Mode} mode @returns {[title: string, text: string]} */
function sentences(result, mode) {
  const { before, after, report } = result;
  const end = endOf(result);
  if (end === 'solved') return [say.teach.solved, say.teach.solvedWhy({ n: after.samples })];
  if (end === 'no-better') return [say.teach.noBetter, confusion(after)];
  if (after.accuracy < ENOUGH) return [say.teach.halfWay({ right: percent(after.accuracy) }), confusion(after)];
  const learned = say.teach.learned[mode];
  const title = typeof learned === 'string' ? learned : learned({ n: report.labels.length });
  if (after.accuracy === 1) return [title, say.teach.allRight({ n: after.samples })];
  if (before && before.accuracy < after.accuracy)
    return [title, say.teach.nowRight({ before: percent(before.accuracy), after: percent(after.accuracy) })];
  return [title, confusion(after)];
}

/** What it takes for what, most often. @param {Measured} measured */
function confusion({ labels, confusion }) {
  const wrong = confusion.flatMap((row, truth) =>
    row.map((n, answer) => ({ n: truth === answer ? 0 : n, truth, answer })),
  );
  const worst = wrong.reduce((most, each) => (each.n > most.n ? each : most));
  return worst.n > 0 ? say.teach.mixesUp({ drawn: labels[worst.truth], read: labels[worst.answer] }) : '';
}
