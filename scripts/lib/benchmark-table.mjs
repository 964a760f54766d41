// The newest results of `npm run bench` as tables.
import { readdirSync, readFileSync } from 'node:fs';
import { markdownTable } from './marked.mjs';

/**
 * @typedef {{ row: string, subject: string, median: number, unit: string }} Row
 * @typedef {{ machine: { cpu: string, cores: number, os: string }, versions: Record<string, string>, rows: Row[],
 *   figures: { figure: string, target: string, found: number, unit: string, reached: boolean }[], notes: string[] }} Results
 */

/** @type {Record<string, string>} */
const subjects = {
  'handful-wasm-1': 'handful, 1 thread',
  'handful-wasm-all': 'handful, all threads',
  'handful-webgpu': 'handful, WebGPU',
  'tfjs-wasm': 'TensorFlow.js, WASM',
  'jax-js-wasm': 'jax-js, WASM',
  'ort-web-1': 'onnxruntime-web, 1 thread',
  'ort-web-all': 'onnxruntime-web, all threads',
  'pytorch-1': 'PyTorch, native, 1 thread',
};
/** @type {Record<string, string>} */
const networks = { lenet5: 'LeNet-5', mlp: 'MLP', minivgg: 'MiniVGG', resnet: 'ResNet' };
/** @type {[string, (network: string) => string][]} */
const tables = [
  ['A training step (forward, backward, SGD), a batch of 16, ms', (network) => `train16/${network}/sgd`],
  ['The same with Adam, ms', (network) => `train16/${network}/adam`],
  ['One answer, ms', (network) => `infer1/${network}`],
  ['64 answers at once, ms', (network) => `infer64/${network}`],
];

/**
 * The newest whole run; of some rows, or in software, there may be newer ones.
 * @param {string} [folder] @returns {{ name: string, results: Results }}
 */
export function newestResults(folder = 'bench/results') {
  const names = readdirSync(folder).filter((file) => /^\d{4}-\d\d-\d\d.*\.json$/.test(file));
  for (const name of names.sort().reverse()) {
    /** @type {Results} */
    const results = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));
    if (results.rows.some(({ row, subject }) => row === 'train16/resnet/adam' && subject === 'handful-wasm-all'))
      return { name, results };
  }
  throw new Error(`There is no whole run in ${folder}.`);
}

/** @param {{ name: string, results: Results }} newest @returns {string} Markdown */
export function benchmarkTables({ name, results: { machine, versions, rows, notes } }) {
  const value = (/** @type {string} */ row, /** @type {string} */ subject) => {
    const found = rows.find((each) => each.row === row && each.subject === subject);
    return found ? String(Number(found.median.toPrecision(3))) : '';
  };
  const parts = tables.map(([title, rowOf]) => {
    const measured = Object.keys(subjects).filter((subject) => rows.some((each) => each.subject === subject));
    const body = measured
      .map((subject) => [subjects[subject], ...Object.keys(networks).map((network) => value(rowOf(network), subject))])
      .filter(([, ...cells]) => cells.some(Boolean));
    return `### ${title}\n\n${markdownTable([['', ...Object.values(networks)], ...body])}`;
  });
  const where = `[${name.slice(0, 10)}](../bench/results/${name}), ${machine.cpu}, ${machine.cores} cores, ${machine.os}, ${versions.browser}. Medians; less is better.`;
  const missing = notes.map((note) => `- ${note}`).join('\n');
  return [`## Measured`, where, ...parts, missing].filter(Boolean).join('\n\n');
}
