// The whole way through the public API in three engines: Chromium, Firefox and WebKit (Debian: chromium, firefox-esr,
// webkit2gtk-driver, xvfb). npm run engines -- [chromium] [firefox] [webkit]
// Browsers are started as a person would start them; the page sends back what it found. Not part of npm test, which asks
// nobody to install three browsers.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserArgs, ensureBrowser } from './browser.mjs';
import { among } from './lib/usage.mjs';
import { portOf, serve } from './serve.mjs';

const PATIENCE = 90_000; // ms

const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
/** How to start each. @type {Record<string, (url: string, profile: string) => [file: string, args: string[]]>} */
const commands = {
  chromium: (url, profile) => [ensureBrowser(), ['--headless', ...browserArgs, `--user-data-dir=${profile}`, url]],
  firefox: (url, profile) => ['firefox-esr', ['--headless', '--no-remote', '--profile', profile, url]],
  webkit: (url) => ['xvfb-run', ['-a', `/usr/lib/${arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`, url]],
};
const all = Object.keys(commands);
const names = process.argv.length > 2 ? among('browser', process.argv.slice(2), all) : all;

const inbox = await openInbox();
for (const isolated of [true, false]) {
  const server = await serve({ isolated });
  for (const name of names) {
    const url = `${server.url}test/engines/?report=${encodeURIComponent(inbox.url)}`;
    const found = await visit(commands[name], url).catch((/** @type {unknown} */ error) => ({ error: String(error) }));
    const right = !('error' in found) && found.isolated === isolated && agrees(found);
    console.log(
      `${name}, ${isolated ? 'isolated' : 'not isolated'}: ${right ? 'as it should be' : 'NOT AS IT SHOULD BE'}`,
    );
    console.log(JSON.stringify(found));
    if (!right) process.exitCode = 1;
  }
  await server.close();
}
inbox.close();

/**
 * What the page says it found (test/engines/tour.js).
 * @typedef {object} Findings
 * @property {boolean} isolated
 * @property {string[]} canvas
 * @property {string} strokes
 * @property {string} blob
 * @property {{ head: string }} fineTune
 * @property {string} tuned
 * @property {string} again
 * @property {string} abort
 * @property {boolean} here
 * @property {number} ready
 */

/** @param {Findings} findings */
function agrees({ canvas, strokes, blob, fineTune, tuned, again, abort, here, ready }) {
  const answers = [...canvas, strokes, blob, fineTune.head, tuned, again, abort, here, ready].join();
  return answers === '7,1,7,7,replaced,bar,bar,aborted,true,1';
}

/** @param {(typeof commands)[string]} command @param {string} url @returns {Promise<Findings>} */
async function visit(command, url) {
  const profile = await mkdtemp(join(tmpdir(), 'handful-'));
  const [file, args] = command(url, profile);
  const browser = spawn(file, args, { stdio: 'ignore', detached: true });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    return await Promise.race([
      inbox.next(),
      new Promise((_, fail) => browser.once('error', fail)),
      new Promise((_, fail) => (timer = setTimeout(() => fail(new Error('no answer in time')), PATIENCE))),
    ]);
  } finally {
    clearTimeout(timer);
    if (browser.pid) process.kill(-browser.pid, 'SIGKILL');
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A server that pages send their findings to, from any origin. */
async function openInbox() {
  /** @type {(findings: Findings) => void} */
  let receive = () => {};
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    response.writeHead(204, { 'Cross-Origin-Resource-Policy': 'cross-origin' }).end();
    if (text) receive(JSON.parse(text));
  });
  await new Promise((done) => server.listen(0, 'localhost', () => done(undefined)));
  return {
    url: `http://localhost:${portOf(server)}/`,
    /** @returns {Promise<Findings>} */
    next: () => new Promise((done) => (receive = done)),
    close: () => server.close(),
  };
}
