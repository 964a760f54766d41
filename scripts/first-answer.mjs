// How long a phone on slow 4G waits for the first answer, and how far the pages jump: npm run first-answer [-- --rounds 3]
// The answer is that to a digit that lies on the pad as soon as there is one. The best of the rounds is told, of the first
// visit and of one that comes again, with the CPU as it is and 6x slower; Chromium
// slows pages so, and not their workers.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { launchOptions } from './browser.mjs';
import { slow4G, slowDown } from './lib/slow-network.mjs';
import { serve } from './serve.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, root: { type: 'string', default: 'site' } },
});
const phone = { width: 412, height: 823, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };
const pages = ['draw', 'teach', 'numbers', 'photo'];

const server = await serve({ root: values.root });
const network = await slowDown(server.url, slow4G);
const browser = await puppeteer.launch(launchOptions());
try {
  for (const slowdown of [1, 6]) {
    const [first, again] = [[], []].map(() => /** @type {number[]} */ ([]));
    for (let round = 0; round < Number(values.rounds); round++) {
      const context = await browser.createBrowserContext();
      first.push(await firstAnswer(context, slowdown));
      await context.pages().then(([page]) => settled(page));
      again.push(await firstAnswer(context, slowdown));
      await context.close();
    }
    const seconds = (/** @type {number[]} */ times) => `${(Math.min(...times) / 1000).toFixed(1)} s`;
    console.log(`Draw, CPU ${slowdown}x slower: first answer ${seconds(first)}, again ${seconds(again)}`);
  }
  for (const page of pages) console.log(`${page}: layout shift ${(await layoutShift(page)).toFixed(3)}`);
  console.log(`Load of the machine, last minute: ${loadavg()[0].toFixed(1)}`);
} finally {
  await browser.close();
  network.close();
  await server.close();
}

/** @import { BrowserContext, Page } from 'puppeteer-core' */

/** @param {BrowserContext} context @param {number} slowdown @returns {Promise<number>} milliseconds */
async function firstAnswer(context, slowdown) {
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.setViewport(phone);
  await page.emulateCPUThrottling(slowdown);
  await page.evaluateOnNewDocument(drawSeven);
  await page.goto(`${network.url}demos/draw/`, { waitUntil: 'domcontentloaded', timeout: 120_000 });
  const answer = await page.waitForFunction(() => /** @type {any} */ (globalThis).answered, { polling: 50 });
  return answer.jsonValue();
}

/** Runs in the page: draws as soon as there is a pad that can be drawn on, and notes when it is answered. */
function drawSeven() {
  let drawn = false;
  const watch = setInterval(() => {
    const pad = /** @type {import('handful/elements').InkPad | null} */ (document.querySelector('ink-pad'));
    if (pad && !drawn && customElements.get('ink-pad')) {
      pad.value = { strokes: [[[0.3, 0.22], [0.7, 0.22], [0.45, 0.82]]] }; // prettier-ignore
      pad.dispatchEvent(new Event('input', { bubbles: true }));
      drawn = true;
    }
    if (!document.querySelector('#answer .label')?.textContent) return;
    clearInterval(watch);
    Object.assign(globalThis, { answered: performance.now() });
  }, 20);
}

/** Waits until the service worker has all that it keeps. @param {Page} page */
async function settled(page) {
  await page.evaluate(() =>
    Promise.race([navigator.serviceWorker.ready, new Promise((done) => setTimeout(done, 60_000))]),
  );
}

/** The sum of a page's layout shifts in its first ten seconds. @param {string} name */
async function layoutShift(name) {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    await page.setViewport(phone);
    await page.evaluateOnNewDocument(() => {
      Object.assign(globalThis, { shifts: [] });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          /** @type {any} */ (globalThis).shifts.push(/** @type {any} */ (entry).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(`${network.url}demos/${name}/`);
    await new Promise((done) => setTimeout(done, 6000));
    return await page.evaluate(() =>
      /** @type {any} */ (globalThis).shifts.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0),
    );
  } finally {
    await context.close();
  }
}
