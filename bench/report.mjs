// What people read: a block for each row as it is measured, and at the end the figures to reach.
import { networks } from './rows.mjs';

/**
 * @typedef {object} Result
 * @property {string} row
 * @property {string} subject
 * @property {number} median
 * @property {string} unit
 * @property {number} min
 * @property {number[]} rounds
 *
 * @typedef {object} Figure
 * @property {string} figure
 * @property {string} target
 * @property {number} [found] undefined where a row or a subject was not measured
 * @property {string} [unit]
 * @property {boolean} [reached]
 */

/**
 * GFLOP/s of the SIMD units at the best of this run, so that a busy moment does not flatter.
 * @param {Result[]} results
 */
function peakOf(results) {
  const rounds = results.filter(({ subject }) => subject === 'simd-peak').flatMap(({ rounds }) => rounds);
  return Math.max(...rounds);
}

/**
 * @param {string} row
 * @param {Result[]} results
 * @param {number} work Floating-point operations of a call, as the textbook counts them; kernels that save some may pass
 *   100 %.
 */
export function printRow(row, results, work) {
  const found = results.filter((result) => result.row === row);
  const get = (/** @type {string} */ subject) => found.find((result) => result.subject === subject)?.median;
  const peak = peakOf(results);
  const own = get('handful-wasm-1');
  console.log(`\n${row}`.padEnd(40) + `x handful-wasm-1   x pytorch-1   % of SIMD peak`);
  for (const { subject, median, unit } of found) {
    if (subject === 'simd-peak') continue;
    const times = (/** @type {number | undefined} */ base) => (base ? (median / base).toFixed(2) : '');
    const share = ((100 * work) / median / 1e6 / peak).toFixed(0);
    const name = `  ${subject.padEnd(18)}${String(median).padStart(9)} ${unit}`;
    console.log(
      `${name.padEnd(39)}${times(own).padStart(16)}${times(get('pytorch-1')).padStart(14)}${share.padStart(17)}`,
    );
  }
}

/** Times of the other subjects on WebGPU, each divided by handful's; below 1 they are faster. @param {Result[]} results */
export function printGpu(results) {
  const own = 'handful-webgpu';
  const found = results.filter(({ subject, unit }) => subject.endsWith('-webgpu') && unit === 'ms');
  const peers = [...new Set(found.map(({ subject }) => subject))].filter((subject) => subject !== own);
  const rows = [...new Set(found.filter(({ subject }) => subject === own).map(({ row }) => row))];
  if (peers.length === 0 || rows.length === 0) return;
  const line = (/** @type {string} */ name, /** @type {string[]} */ cells) =>
    console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(16)).join(''));
  console.log();
  line(`x ${own}`, ['ms', ...peers]);
  for (const row of rows) {
    const median = (/** @type {string} */ subject) =>
      found.find((result) => result.row === row && result.subject === subject)?.median;
    const base = median(own) ?? NaN;
    const ratios = peers.map(median).map((time) => (time === undefined ? '' : (time / base).toFixed(2)));
    line(row, [String(base), ...ratios]);
  }
}

/** Those rows that a bare list tells best. @param {Result[]} results */
export function printOthers(results) {
  for (const { row, subject, median, unit } of results)
    if (!/^(train|infer)/.test(row))
      console.log(`${row.padEnd(22)}${subject.padEnd(18)}${String(median).padStart(9)} ${unit}`);
}

/**
 * The figures to reach. Ratios are those of medians of one run.
 * @param {Result[]} results
 * @param {(row: string) => number} operations floating-point operations of a call
 */
export function figures(results, operations) {
  /** @param {string} row @param {string} subject */
  const get = (row, subject) =>
    results.find((result) => result.row === row && result.subject === subject)?.median ?? NaN;
  /** @param {string} row @param {string} a @param {string} b */
  const ratio = (row, a, b) => get(row, a) / get(row, b);
  /** @param {string} figure @param {number} target @param {number} found @param {string} [unit] */
  const most = (figure, target, found, unit = 'x') =>
    judge(figure, `<= ${target} ${unit}`, found, found <= target, unit);
  /** @param {string} figure @param {number} target @param {number} found @param {string} [unit] */
  const least = (figure, target, found, unit = 'x') =>
    judge(figure, `>= ${target} ${unit}`, found, found >= target, unit);

  const step = (/** @type {string} */ network) => `train16/${network}/sgd`;
  const one = 'handful-wasm-1';
  const all = 'handful-wasm-all';
  const list = [];
  const againstPytorch = { lenet5: [0.8, 0.6], mlp: [1.6, 1.1], minivgg: [1.2, 0.8], resnet: [1.3, 0.8] };
  for (const [network, [single, threaded]] of Object.entries(againstPytorch)) {
    list.push(most(`${network} step / PyTorch, 1 thread`, single, ratio(step(network), one, 'pytorch-1')));
    list.push(most(`${network} step / PyTorch, all threads`, threaded, ratio(step(network), all, 'pytorch-1')));
  }
  for (const network of networks)
    for (const peer of ['tfjs-wasm', 'jax-js-wasm'])
      list.push(least(`${network} step: faster than ${peer}`, 20, ratio(step(network), peer, one)));
  for (const network of ['lenet5', 'minivgg', 'resnet']) {
    const share = operations(step(network)) / get(step(network), one) / 1e6 / peakOf(results);
    list.push(least(`${network} step: share of SIMD peak`, 60, 100 * share, '%'));
  }
  for (const network of networks) {
    const row = `infer64/${network}`;
    list.push(least(`${row}: faster than onnxruntime-web, 1 thread`, 2, ratio(row, 'ort-web-1', one)));
    list.push(least(`${row}: faster than onnxruntime-web, all threads`, 2, ratio(row, 'ort-web-all', all)));
  }
  list.push(most('infer1/lenet5 inside the worker', 0.05, get('infer1/lenet5', one), 'ms'));
  list.push(most('predict(), typed array', 0.5, get('predict/typed-array', one), 'ms'));
  list.push(most('predict(), canvas', 1.5, get('predict/canvas', one), 'ms'));
  list.push(most('160-sample fine-tune, 100 epochs', 2000, get('finetune160/lenet5', one), 'ms'));
  list.push(most('cold load to first answer', 250, get('load/mnist-lenet5', one), 'ms'));
  list.push(most('entry, gzip', 6, get('bytes/entry', one) / 1000, 'kB'));
  list.push(most('worker JS on the WASM path, gzip', 95, get('bytes/worker', one) / 1000, 'kB'));
  for (const subject of [one, all])
    list.push(most(`heap growth over 2,000 steps, ${subject}`, 0, get('heap/growth', subject), 'B'));
  const rows = [...new Set(results.filter(({ unit }) => unit === 'ms').map(({ row }) => row))];
  const slower = rows.map((row) => ratio(row, all, one)).filter(Number.isFinite);
  list.push(most('all threads / 1 thread, worst row', 1.1, slower.length > 0 ? Math.max(...slower) : NaN));
  return list;
}

/**
 * @param {string} figure @param {string} target @param {number} found @param {boolean} reached @param {string} unit
 * @returns {Figure}
 */
function judge(figure, target, found, reached, unit) {
  if (!Number.isFinite(found)) return { figure, target };
  return { figure, target, found: Number(found.toPrecision(3)), unit, reached };
}

/** @param {Figure[]} list */
export function printFigures(list) {
  const known = list.filter(({ found }) => found !== undefined);
  if (known.length === 0) return;
  console.log(`\n${'figure'.padEnd(56)}${'target'.padStart(12)}${'found'.padStart(14)}`);
  for (const { figure, target, found, unit, reached } of known) {
    const cells = `${figure.padEnd(56)}${target.padStart(12)}${`${found} ${unit}`.padStart(14)}`;
    console.log(`${cells}  ${reached ? 'reached' : 'NOT REACHED'}`);
  }
  const reached = known.filter((figure) => figure.reached).length;
  const left = list.length - known.length;
  console.log(`${reached} of ${known.length} reached${left ? `, ${left} not measured` : ''}`);
}
