// What `scripts/folds.mjs` measured, in lines.

/**
 * @import { Score } from 'handful'
 * @import { Row } from '../folds.mjs'
 */

/** Mean and half of its 95 % interval, by Student's t after Cornish and Fisher. @param {number[]} values */
function interval(values) {
  const freedom = values.length - 1;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  const t = 1.96 + 2.37 / freedom + 2.82 / freedom ** 2;
  return { mean, half: t * Math.sqrt(variance / values.length) };
}

/** Of scores, the place of the best. @param {{ accuracy: number, loss: number }[]} scores */
const best = (scores) => {
  const order = [...scores].sort((a, b) => b.accuracy - a.accuracy || a.loss - b.loss);
  return scores.indexOf(order[0]);
};

/** How each way did on the drawings tested. @param {Row} row @returns {Record<string, Score>} */
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

/** @param {Row[]} rows of one network and as many drawings of each digit @returns {string[]} */
export function summary(rows) {
  const all = rows.map(ways);
  const lines = Object.keys(all[0]).map((way) => {
    const accuracy = interval(all.map((each) => 100 * each[way].accuracy));
    const gain = interval(all.map((each) => 100 * (each[way].accuracy - each.today.accuracy)));
    const loss = interval(all.map((each) => each[way].loss - each.today.loss));
    return `  ${way.padEnd(32)} ${said(accuracy)} %, to today ${said(gain)} points, loss ${said(loss, 4)}`;
  });
  const errors = {
    'the report': interval(rows.map(({ today }) => 100 * Math.abs(today.said - today.accuracy))),
    'five folds': interval(
      rows.map(({ recipes: { usual } }) => 100 * Math.abs(usual.folds.accuracy - usual.all.accuracy)),
    ),
  };
  const surer = interval(rows.map(({ today, recipes }) => recipes.usual.calibrated - today.calibrated));
  lines.push(`  by the folds' temperature, the loss of probabilities to today: ${said(surer, 4)}`);
  for (const [who, error] of Object.entries(errors)) lines.push(`  ${who} errs by ${said(error)} points`);
  return lines;
}

/** @param {{ mean: number, half: number }} interval */
const said = ({ mean, half }, digits = 2) => `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
