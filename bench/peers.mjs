// Who takes part. A peer that is not there is named in the output; it is no error.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../scripts/browser.mjs';
import { inWorker, pytorch } from './subjects.mjs';

const require = createRequire(import.meta.url);
/**
 * @import { Browser } from 'puppeteer-core'
 * @import { Subject } from './subjects.mjs'
 *
 * @typedef {object} Environment
 * @property {Browser} browser
 * @property {string} plain URL of a server whose pages are not cross-origin isolated
 * @property {string} isolated and of one whose pages are
 * @property {typeof import('./subjects/work.js')} work
 */

const versionOf = (/** @type {string} */ path) =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
const own = () => versionOf('../package.json');

const handful = (/** @type {Environment} */ { browser, plain }) =>
  inWorker(browser, plain, 'handful-wasm-1', { script: 'handful', query: 'threads=1', version: own() });

/** @type {Record<string, (environment: Environment & { asked: boolean }) => Promise<Subject>>} */
const peers = {
  'tfjs-wasm': ({ browser, plain }) =>
    inWorker(browser, plain, 'tfjs-wasm', {
      script: 'tfjs',
      version: require('@tensorflow/tfjs-core/package.json').version,
    }),
  'jax-js-wasm': async ({ browser, plain }) => {
    install();
    const version = versionOf('node_modules/@jax-js/jax/package.json');
    return inWorker(browser, plain, 'jax-js-wasm', { script: 'jax', version });
  },
  'ort-web-1': ({ browser, plain }) => ort(browser, plain, 'ort-web-1'),
  'ort-web-all': ({ browser, isolated }) => ort(browser, isolated, 'ort-web-all'),
  'pytorch-1': ({ work }) => pytorch('pytorch-1', work),
  'handful-wasm-all': ({ browser, isolated }) =>
    inWorker(browser, isolated, 'handful-wasm-all', { script: 'handful', version: own() }),
  'handful-webgpu': webgpu,
};

/** @param {Browser} browser @param {string} url @param {string} name @returns {Promise<Subject>} */
async function ort(browser, url, name) {
  install();
  const version = versionOf('node_modules/onnxruntime-web/package.json');
  const subject = await inWorker(browser, url, name, { script: 'ort', version });
  return { ...subject, does: (row) => row.startsWith('infer') };
}

/**
 * On a real GPU; on one that is software in disguise only if asked for by name.
 * @param {Environment & { asked: boolean }} environment @returns {Promise<Subject>}
 */
async function webgpu({ browser, plain, asked }) {
  const page = await browser.newPage();
  await page.goto(`${plain}bench/pages/blank.html`);
  const found = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return 'none';
    return 'info' in adapter && Object(adapter.info).isFallbackAdapter ? 'software' : 'gpu';
  });
  await page.close();
  if (found !== 'gpu' && !asked) throw new Error('this browser has no GPU that is not software');
  const software =
    found === 'none' ? await puppeteer.launch({ ...launchOptions(), protocolTimeout: 600_000 }) : undefined;
  const options = { script: 'handful', query: 'backend=webgpu', version: own() };
  const subject = await inWorker(software ?? browser, plain, 'handful-webgpu', options);
  return { ...subject, software: found !== 'gpu', close: () => (software ? software.close() : subject.close()) };
}

/** Why an earlier try failed. @type {Error | undefined} */
let failed;

/** Fetches the peers' packages the first time. @throws if they cannot be had. */
function install() {
  if (failed) throw failed;
  if (versionsIn('node_modules/.package-lock.json') === versionsIn('package-lock.json')) return;
  console.log("Installing the peers' packages: npm ci --prefix bench");
  const command = ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
  const { status, stderr } = spawnSync('npm', command, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status === 0) return;
  const reasons = (stderr ?? '').split('\n').filter((line) => /^npm err/i.test(line));
  failed = new Error(`its package could not be installed: ${reasons[0] ?? 'npm failed'}`);
  throw failed;
}

/** All packages of a lock file with their versions; undefined if there is no such file. @param {string} lock */
function versionsIn(lock) {
  const file = new URL(lock, import.meta.url);
  if (!existsSync(file)) return undefined;
  /** @type {{ packages: Record<string, { version: string }> }} */
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  const others = Object.entries(packages).filter(([name]) => name !== '');
  return JSON.stringify(others.map(([name, { version }]) => [name, version]));
}

/**
 * Starts handful and its peers; handful on one thread comes first.
 * @param {string[] | undefined} names The peers asked for; undefined means all that are there.
 * @param {Environment} environment
 * @returns the subjects, and for each one missing a sentence that says why.
 */
export async function start(names, environment) {
  const unknown = names?.filter((name) => !(name in peers));
  if (unknown?.length) throw new Error(`Unknown: ${unknown}; known peers: ${Object.keys(peers).join(', ')}.`);
  const first = await handful(environment);
  /** @type {Subject[]} */
  const subjects = [first];
  const missing = [];
  for (const name of Object.keys(peers).filter((name) => !names || names.includes(name))) {
    try {
      subjects.push(await peers[name]({ ...environment, asked: Boolean(names) }));
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      missing.push(`${name} is missing: ${message.trim().split('\n').at(-1)}`);
    }
  }
  return { subjects, missing, worker: first.worker };
}
