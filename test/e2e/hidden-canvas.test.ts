import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type * as Handful from 'handful';
import puppeteer from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { serve } from '../../scripts/serve.mjs';

const executablePath = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);
// Not skipped, which counts as failed: nobody is asked to install two browsers.
if (!executablePath) console.log('There is no Firefox here (Debian: firefox-esr): hidden canvases are not tested.');

let server: Awaited<ReturnType<typeof serve>>;
before(async () => void (server = await serve()));
after(() => server.close());

/** What each kind of input is answered, by its label or by its error, in a Firefox with these preferences. */
async function answers(prefs: Record<string, unknown>, worker: boolean): Promise<Record<string, string>> {
  const browser: Browser = await puppeteer.launch({
    browser: 'firefox',
    ...(executablePath && { executablePath }),
    headless: true,
    extraPrefsFirefox: prefs,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}test/engines/empty.html`);
    return await page.evaluate(ask, worker);
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
async function ask(worker: boolean): Promise<Record<string, string>> {
  const url = '/dist/index.js';
  const { load } = (await import(url)) as typeof Handful;
  const digits = await load('mnist-lenet5', { backend: 'wasm', worker });
  const canvas = Object.assign(document.createElement('canvas'), { width: 100, height: 100 });
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, 100, 100);
  context.fillStyle = '#000';
  context.fillRect(46, 10, 8, 80);
  const line = [
    [
      [50, 10],
      [50, 90],
    ],
  ];
  const data = new Uint8ClampedArray(4 * 100 * 100).fill(255);
  for (let y = 10; y < 90; y++) data.fill(0, (y * 100 + 46) * 4, (y * 100 + 54) * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  const inputs = {
    strokes: { strokes: line },
    pixels: { data, width: 100, height: 100 },
    canvas,
    bitmap: await createImageBitmap(canvas),
    'image data': context.getImageData(0, 0, 100, 100),
    blob: await new Promise<Blob>((resolve) => canvas.toBlob((blob) => resolve(blob!))),
  };
  const found: Record<string, string> = {};
  for (const [name, input] of Object.entries(inputs)) {
    found[name] = await digits.predict(input).then(
      ({ label, rejected }) => String(label ?? rejected),
      ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
    );
  }
  digits.dispose();
  return found;
}

const hidden = /^bad-input: The input: this browser hides what canvases hold.*pass strokes/;
const readBack = ['canvas', 'bitmap', 'image data', 'blob'];

if (executablePath) {
  for (const place of ['worker', 'page'])
    test(`a Firefox that resists fingerprinting is told of, not read as blank: in a ${place}`, async () => {
      const found = await answers({ 'privacy.resistFingerprinting': true }, place === 'worker');
      for (const name of ['strokes', 'pixels']) assert.equal(found[name], '1', name);
      for (const name of readBack) assert.match(found[name] ?? '', hidden, name);
    });

  test('a Firefox that adds a little noise at most is read as any other', async () => {
    const found = await answers({ 'privacy.fingerprintingProtection': true }, true);
    for (const name of ['strokes', 'pixels', ...readBack]) assert.equal(found[name], '1', name);
  });
}
