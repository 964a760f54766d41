// npm run soak -- [predicts] [loads]
// How many bytes of a page's and its worker's heap 100,000 predicts, and 1,000 loads and disposes, leave behind, in
// Chromium. Takes minutes; fails where something grows.
import { launch } from 'puppeteer-core';
import { launchOptions } from './browser.mjs';
import { serve } from './serve.mjs';

const [predicts = 100_000, loads = 1_000] = process.argv.slice(2).map(Number);
const MOST = { predict: 10, load: 1_000 }; // bytes each

/** @typedef {import('puppeteer-core').CDPSession} Session */

const server = await serve();
const options = launchOptions();
const browser = await launch({ ...options, protocolTimeout: 3_600_000 });
try {
  const page = await browser.newPage();
  await page.goto(`${server.url}test/engines/empty.html`);
  await page.evaluate(async () => {
    const { create, mlp } = await import(new URL('/dist/index.js', location.href).href);
    const spec = mlp([784, 8, 4]);
    const classifier = await create(spec, { backend: 'wasm' });
    const { signal } = new AbortController(); // an app's own, which lives as long as the page
    const strokes = [Array.from({ length: 20 }, (_, i) => [i * 4, (i * 7) % 50])];
    Object.assign(globalThis, {
      /** @param {number} count */
      async predict(count) {
        for (let i = 0; i < count; i++) await classifier.predict({ strokes }, { signal });
      },
      /** @param {number} count */
      async load(count) {
        for (let i = 0; i < count; i++) (await create(spec, { backend: 'wasm', signal, onProgress() {} })).dispose();
      },
    });
  });
  const client = await page.createCDPSession();
  const [worker] = page.workers();
  await measure('predict', predicts, { page: client, worker: worker?.client });
  await measure('load', loads, { page: client });
} finally {
  await browser.close();
  await server.close();
}

/**
 * Runs something often and says what is left behind, once a tenth of it has warmed up.
 * @param {'predict' | 'load'} what @param {number} count @param {Record<string, Session | undefined>} heaps
 */
async function measure(what, count, heaps) {
  const [page] = await browser.pages().then((pages) => pages.slice(-1));
  /** @param {number} times */
  const run = (times) => page?.evaluate(`${what}(${times})`);
  await run(Math.ceil(count / 10));
  const before = await sizes(heaps);
  const start = Date.now();
  await run(count);
  const after = await sizes(heaps);
  const each = Object.keys(before).map((name) => {
    const bytes = ((after[name] ?? 0) - (before[name] ?? 0)) / count;
    if (bytes > MOST[what]) process.exitCode = 1;
    return `${bytes.toFixed(2)} bytes of the ${name}'s heap`;
  });
  console.log(`${count} × ${what} in ${Math.round((Date.now() - start) / 1000)} s; each leaves ${each.join(', ')}`);
}

/** Bytes in use after garbage was collected. @param {Record<string, Session | undefined>} heaps */
async function sizes(heaps) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const [name, client] of Object.entries(heaps)) {
    if (!client) continue;
    for (let i = 0; i < 3; i++) await client.send('HeapProfiler.collectGarbage');
    const { usedSize } = await client.send('Runtime.getHeapUsage');
    found[name] = usedSize;
  }
  return found;
}
