// The subjects, each as `{ name, version, info, round(row, budget), check(row) }`; see subjects/clock.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleWorker } from './bundle.mjs';

/**
 * @import { Browser, WebWorker } from 'puppeteer-core'
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} version
 * @property {{ threads?: number, adapter?: string }} info
 * @property {(row: string, budget: number) => Promise<number>} round ms a call
 * @property {(row: string) => Promise<number[]>} check
 * @property {() => unknown} close
 * @property {WebWorker} [worker] where it runs, if in a browser
 * @property {boolean} [software] whether its GPU is none
 * @property {(row: string) => boolean} [does] whether it does this row; all, if not said
 */

/**
 * A subject in a worker of a page of its own.
 * @param {Browser} browser
 * @param {string} url
 * @param {string} name
 * @param {{ script: string, query?: string, version: string }} options
 * @returns {Promise<Subject & { worker: WebWorker }>}
 * @throws if it does not start.
 */
export async function inWorker(browser, url, name, { script, query = '', version }) {
  const path = await bundleWorker(script);
  const page = await browser.newPage();
  /** @type {Promise<WebWorker>} */
  const started = new Promise((resolve) => page.once('workercreated', resolve));
  /** @type {unknown} */
  let failure;
  page.on('pageerror', (error) => (failure = error));
  page.on('error', (error) => (failure = error));
  await page.goto(`${url}${path}?${query}`);
  const worker = await started;
  worker.on('error', (error) => (failure = error));
  for (let i = 0; !(await worker.evaluate(() => 'round' in globalThis)); i++) {
    if (failure || i === 300) throw failure ?? new Error(`${name} did not start within 30 s.`);
    await pause(100);
  }
  return {
    name,
    version,
    worker,
    info: await worker.evaluate(() => globalThis.info),
    round: (row, budget) => worker.evaluate((row, budget) => globalThis.round(row, budget), row, budget),
    check: (row) => worker.evaluate((row) => globalThis.check(row), row),
    close: () => page.close(),
  };
}

/**
 * PyTorch on one thread, with /usr/bin/python3 or PYTHON.
 * @param {string} name
 * @param {typeof import('./subjects/work.js')} work
 * @returns {Promise<Subject>}
 * @throws if this machine has none.
 */
export async function pytorch(name, { specs, fixture }) {
  await mkdir('bench/dist', { recursive: true });
  for (const network of Object.keys(specs))
    await writeFile(`bench/dist/${network}.safetensors`, fixture(specs[network]));

  const python = process.env.PYTHON ?? '/usr/bin/python3';
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const child = spawn(python, ['bench/subjects/pytorch.py'], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let errors = '';
  child.on('error', (error) => (errors = error.message));
  child.stderr.on('data', (data) => (errors = String(data)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(errors.trim().split('\n').pop());
    return JSON.parse(value);
  };
  const { version } = await answer();
  const ask = (/** @type {(string | number)[]} */ ...words) => {
    child.stdin.write(`${words.join(' ')}\n`);
    return answer();
  };
  return {
    name,
    version,
    info: { threads: 1 },
    round: (row, budget) => ask('round', row, budget),
    check: (row) => ask('check', row),
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
