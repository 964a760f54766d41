// What a person does on the demo pages, in each engine that ENGINES names: npm run test:engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { draw, write } from '../e2e/support/hand.js';
import type { Name } from '../e2e/support/hand.js';
import { assertFits, desktop, textOf, waitForText } from '../e2e/support/site.js';
import { openWebKit } from './support/webkit.js';

interface Engine {
  page: Page;
  close(): Promise<void>;
}

const engines: Record<string, () => Promise<Engine>> = {
  chromium: () => launch(launchOptions()),
  firefox: () => launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true }),
  webkit: openWebKit,
};

async function launch(options: Parameters<typeof puppeteer.launch>[0]): Promise<Engine> {
  const browser = await puppeteer.launch(options);
  const page = await browser.newPage();
  page.setDefaultTimeout(40_000);
  return { page, close: () => browser.close() };
}

const narrow = { width: 390, height: 844 }; // WebKit's window is 447 wide at least
/** Those whose driver has fingers; WebKitWebDriver takes them for a mouse. */
const touching = ['chromium', 'firefox'];

const pages = ['', 'draw/', 'teach/', 'teach/#symbols', 'teach/#digits/try', 'numbers/', 'photo/'];
const answer = '#answer .label';

for (const name of (process.env.ENGINES ?? Object.keys(engines).join()).split(','))
  describe(name, () => {
    let server: Awaited<ReturnType<typeof serve>>;
    let engine: Engine;
    let page: Page;
    before(async () => {
      server = await serve({ root: 'site' });
      engine = await engines[name]!();
      ({ page } = engine);
      await page.setViewport(desktop);
    });
    after(async () => {
      await engine?.close();
      await server?.close();
    });

    /** Opens a page and waits until it can answer. */
    async function open(path: string) {
      await page.goto('about:blank'); // a hash alone would load nothing
      await page.goto(`${server.url}demos/${path}`);
      await waitForText(page, '#runs, #about, header h1', /WASM|WebGPU|as it came|first|Taught|handful/);
    }

    /** What the page says has gone wrong. */
    const complaint = () => page.evaluate(() => document.querySelector('.notices')?.textContent?.trim() ?? '');

    /** Draws a vertical line on the pad that has the focus, with keys. */
    async function drawOne() {
      const press = async (key: 'ArrowUp' | 'ArrowDown' | ' ', times = 1) => {
        for (let i = 0; i < times; i++) await page.keyboard.press(key);
      };
      await press('ArrowUp', 6);
      await press(' ');
      await press('ArrowDown', 12);
      await press(' ');
    }

    test('reads a digit drawn with the mouse, and one drawn with keys', async () => {
      await open('draw/');
      await draw(page, '7');
      await waitForText(page, answer, /^7$/);
      await page.click('#clear');
      await waitForText(page, answer, /^$/);
      await page.focus('#pad');
      await drawOne();
      await waitForText(page, answer, /^1$/);
    });

    test('reads a digit drawn with a finger on a phone', { skip: !touching.includes(name) }, async () => {
      await page.setViewport({ ...narrow, isMobile: true, hasTouch: true });
      await open('draw/');
      await draw(page, '3', { by: 'touch' });
      await waitForText(page, answer, /^3$/);
      await page.setViewport(desktop);
    });

    test('reads a number drawn with the mouse, and one drawn with keys', async () => {
      await open('numbers/');
      await write(page, '#any ink-pad', '407');
      await waitForText(page, '#any output', /^407$/);
      await page.focus('#sums ink-pad');
      await drawOne();
      await waitForText(page, '#sums output', /^1$/);
    });

    test('learns two symbols', async () => {
      await open('teach/#symbols');
      for (const [i, symbol] of (['wave', 'triangle'] as Name[]).entries()) {
        await page.click(`#labels button:nth-child(${i + 1})`);
        for (let variation = 0; variation < 3; variation++) {
          await draw(page, symbol, { variation });
          await page.keyboard.press('Enter');
        }
      }
      await page.click('#teach-these');
      await waitForText(page, '#outcome', /!|\./);
      await draw(page, 'triangle', { pad: '#try-pad', variation: 4 });
      await waitForText(page, '#try .label', /^★$/);
    });

    test('sees a cat', async () => {
      await open('photo/');
      await page.click('#samples [src*=cat]');
      await waitForText(page, answer, /^cat$/);
    });

    test('fits a phone on every page, with text at 200 % too', async () => {
      await page.setViewport(narrow);
      for (const path of pages) {
        await open(path);
        assert.equal(await complaint(), '');
        await assertFits(page);
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%', 'important'));
        await assertFits(page);
      }
      await page.setViewport(desktop);
    });

    test('goes on without a network, on every page', async () => {
      await open('draw/');
      await page.waitForFunction(() => navigator.serviceWorker.controller);
      await server.close();
      for (const path of pages) await open(path);
      await page.click('#samples [src*=cat]');
      await waitForText(page, answer, /^cat$/);
      await open('draw/');
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      await page.click('#clear');
      await draw(page, '1');
      await waitForText(page, answer, /^1$/);
      assert.equal(await textOf(page, '.notices'), '');
    });
  });
