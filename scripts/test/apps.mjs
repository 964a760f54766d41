// npm run test:apps [-- NAME …]
// Builds the apps of test/package/apps with the packed package, each in a temporary folder with the bundler that npm
// has today, serves them and looks in Chromium whether the page reads its drawing. An app without a page tests itself.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from 'puppeteer-core';
import { launchOptions } from '../browser.mjs';
import { portOf, serve } from '../serve.mjs';

/**
 * @typedef {object} Manifest An app's package.json: `build` and `test` are run; the page is what `start` serves at `PORT`,
 *   or what lies in the folder `config.serve`; if it has an element to draw on, `config.draw` selects that.
 * @property {Record<string, string>} [scripts]
 * @property {{ serve?: string, draw?: string }} [config]
 */

const project = fileURLToPath(new URL('../..', import.meta.url));
const apps = join(project, 'test/package/apps');
const CDN = 'https://cdn.example/handful/'; // an app that loads from there gets it from a server of another origin
const EXPECTED = '1'; // what each page reads, and writes into its <output>

const all = readdirSync(apps).sort();
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
for (const name of names) if (!all.includes(name)) throw new Error(`No app '${name}'; there are ${all.join(', ')}.`);

const folder = mkdtempSync(join(tmpdir(), 'handful-apps-'));
/** @type {string[]} */
const failed = [];
try {
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], project));
  for (const name of names) {
    const start = Date.now();
    const trouble = await tried(name, join(folder, filename)).catch((error) => told(error));
    if (trouble) failed.push(name);
    console.log(`${trouble ? '✖' : '✔'} ${name} (${Math.round((Date.now() - start) / 1000)} s)`);
    if (trouble) console.log(trouble.replace(/^/gm, '    '));
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
console.log(`${names.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** Installs, builds and looks. @param {string} name @param {string} tarball @returns what went wrong, if anything did */
async function tried(name, tarball) {
  const app = join(folder, name);
  cpSync(join(apps, name), app, { recursive: true });
  /** @type {Manifest} */
  const { scripts = {}, config = {} } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], app);
  for (const script of ['build', 'test']) if (scripts[script]) npm(['run', script], app);
  const look = (/** @type {string} */ url) => visit(url, config.draw);
  if (scripts.start) return withServer(app, look);
  if (config.serve) return withFolder(app, config.serve, look);
}

/** @param {string[]} args @param {string} cwd */
function npm(args, cwd) {
  const env = { ...process.env, CI: '1', NG_CLI_ANALYTICS: 'false', NEXT_TELEMETRY_DISABLED: '1' };
  const shell = process.platform === 'win32';
  return execFileSync('npm', args, { cwd, env, shell, encoding: 'utf8', stdio: 'pipe', timeout: 600_000 });
}

/** The output of a program that failed, or the error itself. @param {unknown} error */
function told(error) {
  const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
  return `${stdout}${stderr}`.trim() || String(error);
}

/**
 * Serves an app by its own `npm start`.
 * @template T
 * @param {string} app @param {(url: string) => Promise<T>} then
 */
async function withServer(app, then) {
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), NEXT_TELEMETRY_DISABLED: '1' };
  const server = spawn('npm', ['start'], { cwd: app, env, stdio: 'ignore', detached: true });
  const url = `http://localhost:${port}/`;
  try {
    for (let tries = 0; !(await fetch(url).catch(() => undefined))?.ok; tries++) {
      if (tries > 300) throw new Error('npm start serves nothing.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return await then(url);
  } finally {
    if (server.pid) process.kill(-server.pid); // npm, and what it started
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const port = portOf(/** @type {import('node:http').Server} */ (server));
      server.close(() => resolve(port));
    });
  });
}

/**
 * Serves a folder of an app, and from another origin the package as a CDN would.
 * @template T
 * @param {string} app @param {string} path @param {(url: string) => Promise<T>} then
 */
async function withFolder(app, path, then) {
  const root = join(app, path);
  const cdn = await serve({
    root: join(app, 'node_modules/handful'),
    isolated: false,
    headers: { 'Access-Control-Allow-Origin': '*' },
  });
  const index = join(root, 'index.html');
  writeFileSync(index, readFileSync(index, 'utf8').replaceAll(CDN, cdn.url));
  const server = await serve({ root, isolated: false });
  try {
    return await then(`${server.url}index.html`);
  } finally {
    await Promise.all([server.close(), cdn.close()]);
  }
}

/**
 * Opens a page, draws where there is a pad, and waits for its answer.
 * @param {string} url @param {string | undefined} pad
 * @returns what went wrong, if anything did
 */
async function visit(url, pad) {
  const browser = await launch(launchOptions());
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const troubles = [];
    page.on('pageerror', (error) => troubles.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 400 && !response.url().endsWith('/favicon.ico'))
        troubles.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(url);
    if (pad) await drawOne(page, pad);
    const answered = "document.querySelector('output')?.textContent";
    await page.waitForFunction(answered, { timeout: 60_000 }).catch((error) => troubles.push(String(error)));
    const answer = await page.evaluate(answered);
    if (answer !== EXPECTED) troubles.push(`The page read '${answer}'.`);
    return troubles.join('\n');
  } finally {
    await browser.close();
  }
}

/** Draws a 1 with the mouse. @param {import('puppeteer-core').Page} page @param {string} pad */
async function drawOne(page, pad) {
  const canvas = await page.waitForSelector(`${pad} >>> canvas`, { visible: true });
  const box = await canvas?.boundingBox();
  if (!box) throw new Error('There is nothing to draw on.');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.9, { steps: 5 });
  await page.mouse.up();
}
