import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ElementHandle, Page } from 'puppeteer-core';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { draw } from './support/hand.js';
import type { Name } from './support/hand.js';
import { assertFits, assertTouchable, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();
const answer = '#answer .label';
const ink = '#pad >>> canvas';

const ready = (page: Page) => waitForText(page, '#runs', /WASM|WebGPU/);

/** Ink on a canvas: how many pixels are more than half opaque, and a fingerprint of all. */
const inkOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let [pixels, print] = [0, 0];
    for (const alpha of data.filter((_, i) => i % 4 === 3)) {
      if (alpha > 127) pixels++;
      print = (31 * print + alpha) | 0;
    }
    return { pixels, print, width: canvas.width };
  });

const waitForBlank = (page: Page) =>
  page.waitForFunction((label) => document.querySelector(label)!.textContent === '', {}, answer);

test('the start page leads to every page, isolated, and fits a phone', () =>
  visit(
    '/',
    async (page) => {
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      await assertFits(page);
      const links = await page.$$eval('nav.pages a', (links) => links.map((link) => link.href));
      assert.equal(links.length, 4);
      for (const link of links) {
        await page.goto(link);
        assert.equal(await page.evaluate(() => crossOriginIsolated), true);
        if (!/teach/.test(link)) await waitForText(page, '#status', /Nothing leaves this device/);
      }
    },
    { viewport: phone },
  ));

test('all pages fit a phone with text at 200 %', () =>
  visit(
    '/demos/draw/',
    async (page) => {
      const start = page.url();
      for (const path of [
        'draw/',
        'photo/',
        'numbers/',
        'teach/',
        'teach/#symbols',
        'teach/#things/try',
        'teach/#digits/try',
      ]) {
        await page.goto('about:blank');
        await page.goto(new URL(`../${path}`, start).href);
        await page.waitForSelector('.settings-fold'); // its script has run
        await page.addStyleTag({ content: ':root { font-size: 200% !important }' });
        await assertFits(page);
      }
    },
    { viewport: { ...phone, width: 390 } },
  ));

test('reads digits drawn with the mouse, and shows how sure it is and what it sees', () =>
  visit('/demos/draw/', async (page) => {
    await ready(page);
    assert.equal(await textOf(page, '.hint'), 'draw a digit');
    assert.equal(await textOf(page, answer), '');
    let before = await inkOf(page, 'canvas.seen');
    assert.equal(before.pixels, 0);
    for (const digit of ['1', '0', '7', '3', '4'] as Name[]) {
      await draw(page, digit);
      await waitForText(page, answer, new RegExp(`^${digit}$`));
      await waitForText(page, '.confidence', /^\d+% sure$/);
      const bars = await page.$$eval('.bars li', (rows) =>
        rows.map((row) => Number((row as HTMLElement).style.getPropertyValue('--share'))),
      );
      assert.equal(bars.length, 10);
      assert.equal(bars.indexOf(Math.max(...bars)), Number(digit));
      assert.ok(Math.abs(bars.reduce((a, b) => a + b) - 1) < 1e-3);
      const seen = await inkOf(page, 'canvas.seen');
      assert.equal(seen.width, 28);
      assert.ok(seen.pixels > 20 && seen.pixels < 28 * 14, `${seen.pixels} dark pixels`);
      assert.notEqual(seen.print, before.print);
      before = seen;
      assert.match(await textOf(page, '#latency'), /[\d.]+ ms an answer/);
      await page.click('#clear');
      await waitForBlank(page);
      assert.equal((await inkOf(page, 'canvas.seen')).pixels, 0);
    }
  }));

test('is drawn on by touch on a phone without scrolling', () =>
  visit(
    '/demos/draw/',
    async (page) => {
      await ready(page);
      await assertFits(page);
      await assertTouchable(page);
      for (const digit of ['7', '0'] as Name[]) {
        await draw(page, digit, { by: 'touch' });
        const scrolled = await page.evaluate(() => scrollY);
        await waitForText(page, answer, new RegExp(`^${digit}$`));
        assert.equal(await page.evaluate(() => scrollY), scrolled);
        await page.tap('#clear');
        await waitForBlank(page);
      }
    },
    { viewport: phone },
  ));

test('an empty card shows an example; what is unknown leads to Numbers and Teach, which get the drawing', () =>
  visit('/demos/draw/', async (page) => {
    await ready(page);
    const isSeen = (selector: string) =>
      page.$eval(selector, (element) => element.checkVisibility({ visibilityProperty: true }));
    assert.equal(await isSeen('.example'), true);
    assert.equal(await isSeen('.bars'), false);
    await draw(page, 'wave');
    await waitForText(page, '.confidence', /^(Like nothing I know|More than one)$/);
    assert.equal(await isSeen('.bars'), false);
    await page.click('.lead:not([hidden]) [href*=numbers]');
    await page.waitForFunction(() => /numbers/.test(location.pathname) && document.querySelector('.boxes rect'));
    await page.goBack();
    await ready(page);
    await waitForText(page, '.confidence', /^(Like nothing I know|More than one)$/); // the drawing is still there
    await page.click('#clear');
    await draw(page, 'wave');
    await waitForText(page, '.confidence', /^Like nothing I know$/);
    await page.click('[data-rejected=unfamiliar] [href*=teach]');
    await waitForText(page, '#prompt', /^Draw another symbol$/);
    await page.click('#add');
    await waitForText(page, '#added', /^Added to Symbol 3$/);
  }));

test('a drawing outlives a reload; single keys can be turned off, and type be larger', () =>
  visit('/demos/draw/', async (page) => {
    await ready(page);
    await draw(page, '7');
    await waitForText(page, answer, /^7$/);
    await page.reload();
    await waitForText(page, answer, /^7$/);
    await page.click('.settings-fold summary');
    await page.click('.settings-fold label:nth-child(2)');
    await page.keyboard.press('c');
    await page.click('.settings-fold label:nth-child(1)');
    await page.reload();
    await waitForText(page, answer, /^7$/);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '24px');
    await assertFits(page);
    await page.keyboard.press('c');
    await page.keyboard.down('Control');
    await page.keyboard.press('z'); // a shortcut with Control stays one, and there is nothing to undo
    await page.keyboard.up('Control');
    assert.equal(await textOf(page, answer), '7');
  }));

test('“Use this in your page” has lines to copy, and one file that reads by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'handful-'));
  try {
    await visit('/demos/draw/', async (page) => {
      await ready(page);
      await page.click('#use summary');
      await waitForText(page, '#use pre', /await load\('mnist-lenet5'\)/);
      await page.select('#use select', 'React');
      await waitForText(page, '#use pre', /model="mnist-lenet5"/);
      const { origin } = new URL(page.url());
      await page.browserContext().overridePermissions(origin, ['clipboard-read', 'clipboard-sanitized-write']);
      await page.click('#use .tools button');
      await waitForText(page, '#use [role=status]', /^Copied\.$/);
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /<digit-input/);

      const session = await page.createCDPSession();
      const browserContextId = page.browserContext().id;
      await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, browserContextId });
      await page.click('#use .tools:nth-of-type(2) button');
      while (!(await readdir(folder)).includes('handful.html')) await new Promise((done) => setTimeout(done, 50));
      await page.setOfflineMode(true);
      await page.goto(pathToFileURL(join(folder, 'handful.html')).href);
      await draw(page, '7', { pad: 'ink-pad' });
      await waitForText(page, 'output', /^7$/);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('undo takes back a stroke, and another size of the window keeps the drawing', () =>
  visit('/demos/draw/', async (page) => {
    await ready(page);
    await draw(page, '4');
    await waitForText(page, answer, /^4$/);
    const whole = await inkOf(page, ink);
    await page.keyboard.press('z');
    await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const { pixels } = await inkOf(page, ink);
    assert.ok(pixels > 0 && pixels < whole.pixels);
    await page.click('#undo');
    await waitForBlank(page);

    await draw(page, '7');
    await waitForText(page, answer, /^7$/);
    const { width } = await inkOf(page, ink);
    await page.setViewport({ width: 500, height: 700, deviceScaleFactor: 2 });
    await page.waitForFunction(
      (width) => document.querySelector('#pad')!.shadowRoot!.querySelector('canvas')!.width !== width,
      {},
      width,
    );
    assert.ok((await inkOf(page, ink)).pixels > 1000);
    assert.equal(await textOf(page, answer), '7');
  }));

test('the keyboard alone draws, undoes and clears', () =>
  visit('/demos/draw/', async (page) => {
    await ready(page);
    for (let i = 0; i < 15 && !(await page.$('#pad:focus')); i++) await page.keyboard.press('Tab');
    assert.ok(await page.$('#pad:focus'), 'Tab reaches the pad');
    const press = async (key: 'ArrowUp' | 'ArrowDown' | 'Space', times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    await press('ArrowUp', 6);
    await press('Space');
    await press('ArrowDown', 12);
    await press('Space');
    await waitForText(page, answer, /^1$/);
    await page.keyboard.press('z');
    await waitForBlank(page);
    await page.keyboard.press('Space');
    await press('ArrowDown', 3);
    await waitForText(page, answer, /^\d$/);
    await page.keyboard.press('Backspace');
    await waitForBlank(page);
  }));

test('switches network and backend with the drawing still there, and remembers the choice', () =>
  visit('/demos/draw/', async (page) => {
    await ready(page);
    assert.match(await textOf(page, '#reason'), /\w+ .*\.$/);
    await draw(page, '7');
    await waitForText(page, answer, /^7$/);
    await page.select('#network', 'mnist-mlp');
    await page.waitForFunction(() => location.hash.includes('mnist-mlp'));
    await waitForText(page, answer, /^7$/);
    await page.select('#backend', 'webgpu');
    await waitForText(page, '#runs', /^WebGPU/);
    await waitForText(page, '#latency', /ms an answer/);
    assert.equal(await textOf(page, '#reason'), 'WebGPU was asked for.');
    assert.equal(await textOf(page, answer), '7');

    await page.select('#backend', 'wasm');
    await waitForText(page, '#runs', /^WASM/);
    await page.waitForFunction(() => location.hash.includes('wasm'));
    await page.reload();
    await ready(page);
    assert.equal(await textOf(page, '#reason'), 'WASM was asked for.');
    assert.equal(await page.$eval('#network', (menu) => (menu as HTMLSelectElement).value), 'mnist-mlp');
  }));

test('a backend that is not there is said to be so, and the one before goes on', async () => {
  const { args, ...options } = launchOptions();
  const browser = await puppeteer.launch({ ...options, args: args.filter((arg) => !/webgpu/.test(arg)) });
  try {
    await visit(
      '/demos/draw/',
      async (page) => {
        await ready(page);
        await page.select('#backend', 'webgpu');
        await waitForText(page, '.notices', /WebGPU/);
        await waitForText(page, '#runs', /^WASM/);
        assert.equal(await page.$eval('#backend', (menu) => (menu as HTMLSelectElement).value), 'auto');
        await draw(page, '1');
        await waitForText(page, answer, /^1$/);
      },
      { browser },
    );
  } finally {
    await browser.close();
  }
});

test('reads a picture of a digit, and says so if a file is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'handful-'));
  try {
    await visit('/demos/draw/', async (page) => {
      await ready(page);
      await draw(page, '7');
      await waitForText(page, answer, /^7$/);
      const picture = join(folder, 'seven.png') as `${string}.png`;
      const { x, y, width, height } = (await (await page.$('#pad'))!.boundingBox())!;
      await page.screenshot({ path: picture, clip: { x: x + 20, y: y + 20, width: width - 40, height: height - 40 } });
      await page.click('#clear');
      const input = (await page.$('#file')) as ElementHandle<HTMLInputElement>;
      await input.uploadFile(picture);
      await waitForText(page, answer, /^7$/);
      assert.ok((await inkOf(page, '#picture')).pixels > 0);

      const text = join(folder, 'note.txt');
      await writeFile(text, 'a seven');
      await input.uploadFile(text);
      await waitForText(page, '.notices', /note\.txt.* cannot be read as a picture/);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
