// Who takes part. A peer that is not there is named in the output; it is no error.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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
 * @property {ReturnType<typeof import('./gpu.mjs').gpus>} gpu
 * @property {typeof import('./subjects/work.js')} work
 */

const versionOf = (/** @type {string} */ path) =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
const own = () => versionOf('../package.json');

const handful = (/** @type {Environment} */ { browser, plain }) =>
  inWorker(browser, plain, 'handful-wasm-1', { script: 'handful', query: 'threads=1', version: own() });

const tfjs = () => require('@tensorflow/tfjs-core/package.json').version;
const installed = (/** @type {string} */ name) => {
  install();
  return versionOf(`node_modules/${name}/package.json`);
};
const infers = (/** @type {string} */ row) => row.startsWith('infer');

/** @type {Record<string, (environment: Environment & { asked: boolean }) => Promise<Subject>>} */
const peers = {
  'tfjs-wasm': ({ browser, plain }) => inWorker(browser, plain, 'tfjs-wasm', { script: 'tfjs-wasm', version: tfjs() }),
  'jax-js-wasm': async ({ browser, plain }) =>
    inWorker(browser, plain, 'jax-js-wasm', { script: 'jax', version: installed('@jax-js/jax') }),
  'ort-web-1': ({ browser, plain }) => ort(browser, plain, 'ort-web-1'),
  'ort-web-all': ({ browser, isolated }) => ort(browser, isolated, 'ort-web-all'),
  'litert-wasm': async ({ browser, plain }) => {
    const options = { script: 'litert', version: installed('@litertjs/core') };
    return { ...(await inWorker(browser, plain, 'litert-wasm', options)), does: infers };
  },
  'pytorch-1': ({ work }) => pytorch('pytorch-1', work),
  'handful-wasm-all': ({ browser, isolated }) =>
    inWorker(browser, isolated, 'handful-wasm-all', { script: 'handful', version: own() }),
  'handful-webgpu': (environment) =>
    onGpu(environment, 'handful-webgpu', () => ({ script: 'handful', query: 'backend=webgpu', version: own() })),
  'jax-js-webgpu': (environment) =>
    onGpu(environment, 'jax-js-webgpu', () => ({
      script: 'jax',
      query: 'backend=webgpu',
      version: installed('@jax-js/jax'),
    })),
  'tfjs-webgpu': (environment) =>
    onGpu(environment, 'tfjs-webgpu', () => ({
      script: 'tfjs-webgpu',
      version: installed('@tensorflow/tfjs-backend-webgpu'),
    })),
  'ort-web-webgpu': async (environment) => {
    const options = () => ({ script: 'ort-webgpu', version: installed('onnxruntime-web') });
    return { ...(await onGpu(environment, 'ort-web-webgpu', options)), does: infers };
  },
  'litert-webgpu': async (environment) => {
    const options = () => ({ script: 'litert', query: 'backend=webgpu', version: installed('@litertjs/core') });
    return { ...(await onGpu(environment, 'litert-webgpu', options)), does: infers };
  },
};

/** @param {Browser} browser @param {string} url @param {string} name @returns {Promise<Subject>} */
async function ort(browser, url, name) {
  const subject = await inWorker(browser, url, name, { script: 'ort-wasm', version: installed('onnxruntime-web') });
  return { ...subject, does: infers };
}

/**
 * On a real GPU; on one that is software in disguise only if asked for by name.
 * @param {Environment & { asked: boolean }} environment
 * @param {string} name
 * @param {() => Parameters<typeof inWorker>[3]} options of what is installed only once there is a GPU
 * @returns {Promise<Subject>}
 */
async function onGpu({ gpu, plain, asked }, name, options) {
  const { browser, adapter, software } = await gpu.open(asked);
  const subject = await inWorker(browser, plain, name, options());
  return { ...subject, info: { ...subject.info, adapter }, software };
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
