// What `scripts/folds.mjs` measured, in lines.

/** @import { Row, Tried } from '../folds.mjs' */

/** Student's t for 95 % of both sides, by degrees of freedom; more are close to the last. */
const T = [NaN, 12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1];

/** Mean and half of its 95 % interval. @param {number[]} values */
function interval(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, half: (T[values.length - 1] ?? 2.09) * Math.sqrt(variance / values.length) };
}

/** Of scores, the place of the best. @param {{ accuracy: number, loss: number }[]} scores */
const best = (scores) => {
  const order = [...scores].sort((a, b) => b.accuracy - a.accuracy || a.loss - b.loss);
  return scores.indexOf(order[0]);
};

/** What each way would have answered: the tested drawings' scores. @param {Row} row */
function ways({ before, today, known, recipes }) {
  const names = Object.keys(recipes);
  const all = Object.values(recipes);
  const chosen = all[best(all.map(({ folds }) => folds))];
  const byLoss = all.reduce((a, b) => (b.folds.loss < a.folds.loss ? b : a));
  const { usual } = recipes;
  const isBetter = best([known, usual.folds]) === 1;
  return {
    before,
    today,
    ...Object.fromEntries(names.map((name) => [`${name}, all samples`, recipes[name].all])),
    'chosen by accuracy, all samples': chosen.all,
    'chosen by loss, all samples': byLoss.all,
    'usual, kept if better in folds': isBetter ? usual.all : before,
    'usual, ensemble': usual.ensemble,
    'usual, soup': usual.soup,
    'chosen by loss, ensemble': byLoss.ensemble,
    'chosen by loss, soup': byLoss.soup,
  };
}

/** @param {Row[]} rows of one network and as many drawings of each digit */
export function summary(rows) {
  const all = rows.map(ways);
  const percent = (/** @type {number} */ value) => (100 * value).toFixed(2);
  return Object.keys(all[0]).map((way) => {
    const accuracy = interval(all.map((each) => each[way].accuracy));
    const gain = interval(all.map((each) => each[way].accuracy - each.today.accuracy));
    const loss = interval(all.map((each) => each[way].loss - each.today.loss));
    return (
      `  ${way.padEnd(32)} ${percent(accuracy.mean)} ± ${percent(accuracy.half)} %, ` +
      `to today ${percent(gain.mean)} ± ${percent(gain.half)} points, loss ${loss.mean.toFixed(4)} ± ${loss.half.toFixed(4)}`
    );
  });
}
