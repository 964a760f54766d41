import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { assertFits, assertTouchable, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();
let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'handful-'))));
after(() => rm(folder, { recursive: true }));

const ready = (page: Page) => waitForText(page, '#runs', /WASM|WebGPU/);
const answered = (page: Page) => waitForText(page, '.confidence', /^\d+% sure$/);

/** A picture of one colour on the left and another on the right, as a PNG in base64, 300 x 200. */
function halves(page: Page, left: string, right: string): Promise<string> {
  return page.evaluate(
    (left, right) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 300, height: 200 });
      const context = canvas.getContext('2d')!;
      context.fillStyle = left;
      context.fillRect(0, 0, 150, 200);
      context.fillStyle = right;
      context.fillRect(150, 0, 150, 200);
      return canvas.toDataURL().replace(/^.*,/, '');
    },
    left,
    right,
  );
}

async function pictureFile(page: Page, left: string, right: string): Promise<string> {
  const file = join(folder, `${left}-${right}.png`);
  await writeFile(file, Buffer.from(await halves(page, left, right), 'base64'));
  return file;
}

async function choose(page: Page, file: string): Promise<void> {
  await ((await page.$('#file')) as ElementHandle<HTMLInputElement>).uploadFile(file);
}

/** The colour, red, green and blue, that what it sees has in the mean. */
const colourSeen = (page: Page) =>
  page.$eval('canvas.seen', (canvas) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return [0, 1, 2].map((channel) => {
      const values = data.filter((_, i) => i % 4 === channel);
      return Math.round(values.reduce((sum, value) => sum + value / values.length, 0));
    });
  });

/** Waits until that colour is, give or take a little, this one. */
async function waitForColour(page: Page, wanted: number[], tolerance = 6): Promise<void> {
  const until = Date.now() + 20_000;
  let seen = await colourSeen(page);
  while (seen.some((value, i) => Math.abs(value - (wanted[i] ?? NaN)) > tolerance)) {
    assert.ok(Date.now() < until, `it sees ${seen}, never ${wanted}`);
    await new Promise((done) => setTimeout(done, 50));
    seen = await colourSeen(page);
  }
}

const side = (page: Page) =>
  page.$eval('#size', (slider) => parseInt(slider.getAttribute('aria-valuetext') ?? '0', 10));

const red = [255, 0, 0];
const blue = [0, 0, 255];
const both = [128, 0, 128];

test('answers a picture from a file, dropped and pasted, with all ten bars in order', () =>
  visit('/demos/photo/', async (page) => {
    await ready(page);
    assert.match(await textOf(page, '.hint'), /^Press to choose a picture/);
    assert.match(await textOf(page, '.example'), /airplane.*sees one of them in everything/);
    assert.equal(await page.$eval('#size', (slider) => slider.checkVisibility()), false);
    await choose(page, await pictureFile(page, 'red', 'blue'));
    await answered(page);
    await waitForColour(page, both);
    const bars = await page.$$eval('.bars li', (rows) =>
      rows.map((row) => ({
        name: row.getAttribute('data-label'),
        share: Number((row as HTMLElement).style.getPropertyValue('--share')),
      })),
    );
    assert.equal(bars.length, 10);
    const shares = bars.map(({ share }) => share);
    const [most = NaN] = shares;
    assert.equal(bars[0]?.name, await textOf(page, '#answer .label'));
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => b - a),
    );
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-3);
    assert.equal(most < 0.7, /^Not sure/.test(await textOf(page, '#honest')));
    assert.match(await textOf(page, '#latency'), /[\d.]+ ms an answer/);
    assert.equal(await page.$eval('canvas.seen', (canvas) => canvas.width), 32);

    const cdp = await page.createCDPSession();
    const data = { items: [], files: [await pictureFile(page, 'lime', 'lime')], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await cdp.send('Input.dispatchDragEvent', { type, x: 1200, y: 700, data });
    }
    await waitForColour(page, [0, 255, 0]);

    const permissions = ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write'] as const;
    await page.browserContext().overridePermissions(new URL(page.url()).origin, [...permissions]);
    const copy = async (picture: string) =>
      page.evaluate(async (picture) => {
        const blob = await (await fetch(`data:image/png;base64,${picture}`)).blob();
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
      }, picture);
    await copy(await halves(page, 'blue', 'blue'));
    await page.keyboard.down('Control');
    await page.keyboard.press('v', { commands: ['Paste'] });
    await page.keyboard.up('Control');
    await waitForColour(page, blue);
    await copy(await halves(page, 'red', 'red'));
    await page.click('#paste');
    await waitForColour(page, red);
    await page.evaluate(() => navigator.clipboard.writeText('a cat'));
    await page.click('#paste');
    await waitForText(page, '.notices', /There is no picture on the clipboard/);
  }));

test('sample pictures are read as what they show, and a cup as one of ten things; an empty place asks for a picture', () =>
  visit('/demos/photo/', async (page) => {
    const chooser = page.waitForFileChooser();
    await page.click('#view');
    await (await chooser).cancel();
    const samples = { cat: 'cat', plane: 'airplane', car: 'automobile', ship: 'ship', truck: 'truck', cup: '\\w+' };
    for (const [name, label] of Object.entries(samples)) {
      await page.click(`#samples [src*=${name}]`);
      await waitForText(page, '#answer .label', new RegExp(`^${label}$`));
    }
    assert.match(await textOf(page, '#honest'), /one of its ten|only these ten/);
    assert.equal(await page.$eval('#size', (slider) => slider.checkVisibility()), true);
  }));

test('what it sees follows the square, moved by mouse, wheel, slider and keys', () =>
  visit('/demos/photo/', async (page) => {
    await ready(page);
    await choose(page, await pictureFile(page, 'red', 'blue'));
    await waitForColour(page, both);
    assert.equal(await side(page), 200);
    const { x, y, width, height } = (await (await page.$('#view'))!.boundingBox())!;
    const drag = async (from: number, to: number) => {
      await page.mouse.move(x + from * width, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + to * width, y + height / 2, { steps: 4 });
      await page.mouse.up();
    };
    await drag(0.5, 0.1); // as far to the left as it goes: 150 of its 200 pixels are red
    await waitForColour(page, [191, 0, 64]);
    await page.mouse.wheel({ deltaY: 700 });
    assert.ok((await side(page)) < 110);
    await waitForColour(page, red);
    await drag(0.9, 0.8); // from outside: it comes
    await waitForColour(page, blue);

    await page.focus('#size');
    await page.keyboard.press('End');
    assert.equal(await side(page), 200);
    await waitForColour(page, [64, 0, 191]); // it stays inside
    await page.keyboard.press('Home');
    assert.equal(await side(page), 32);
    await waitForColour(page, blue);

    await page.focus('#view');
    await page.keyboard.press('0');
    assert.equal(await side(page), 200);
    await page.keyboard.press('-');
    assert.equal(await side(page), 182);
    await page.keyboard.press('+');
    assert.equal(await side(page), 200);
    for (let i = 0; i < 10; i++) await page.keyboard.press('-');
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowLeft');
    await waitForColour(page, red);
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowRight');
    await waitForColour(page, blue);
  }));

test('fits a phone, where one finger moves the square and two size it', () =>
  visit(
    '/demos/photo/',
    async (page) => {
      await ready(page);
      await assertFits(page);
      await choose(page, await pictureFile(page, 'red', 'blue'));
      await waitForColour(page, both);
      await assertFits(page);
      await assertTouchable(page);
      const { x, y, width, height } = (await (await page.$('#view'))!.boundingBox())!;
      const at = (u: number): [number, number] => [x + u * width, y + height / 2];
      const scrolled = await page.evaluate(() => scrollY);
      const finger = await page.touchscreen.touchStart(...at(0.5));
      await finger.move(...at(0.3));
      await finger.move(...at(0.1));
      await waitForColour(page, [191, 0, 64]);
      await finger.end();

      const [first, second] = [
        await page.touchscreen.touchStart(...at(0.1)),
        await page.touchscreen.touchStart(...at(0.5)),
      ];
      await second.move(...at(0.3));
      await second.end();
      await first.end();
      assert.ok(Math.abs((await side(page)) - 100) <= 2);
      await waitForColour(page, red);
      assert.equal(await page.evaluate(() => scrollY), scrolled);
    },
    { viewport: phone },
  ));

test('a file that is no picture is said to be none, and the last picture stays', () =>
  visit('/demos/photo/', async (page) => {
    await ready(page);
    await choose(page, await pictureFile(page, 'red', 'red'));
    await waitForColour(page, red);
    const answer = await textOf(page, '#answer');
    const note = join(folder, 'note.txt');
    await writeFile(note, 'a cat');
    await choose(page, note);
    await waitForText(page, '.notices', /note\.txt.* cannot be read as a picture/);
    assert.equal(await textOf(page, '#answer'), answer);
    await page.keyboard.press('-');
    assert.equal(await side(page), 182);
    await choose(page, await pictureFile(page, 'blue', 'blue'));
    await waitForColour(page, blue);
    assert.equal(await textOf(page, '.notices'), '');
  }));

async function withBrowser(args: string[], act: (browser: Browser) => Promise<void>): Promise<void> {
  const options = launchOptions();
  const browser = await puppeteer.launch({ ...options, args: [...options.args, ...args] });
  try {
    await act(browser);
  } finally {
    await browser.close();
  }
}

test('the camera is looked at at a gentle pace, and stops for another picture and when nobody watches', () =>
  withBrowser(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=2'], (browser) =>
    visit(
      '/demos/photo/',
      async (page) => {
        await ready(page);
        const start = async () => {
          await page.click('#camera');
          await waitForText(page, '#camera', /^Stop camera$/);
        };
        await start();
        await answered(page);
        const looks = await page.evaluate(async () => {
          let looks = 0;
          new MutationObserver(() => looks++).observe(document.querySelector('#latency')!, { childList: true });
          await new Promise((done) => setTimeout(done, 2000));
          return looks;
        });
        assert.ok(looks >= 2 && looks <= 9, `${looks} answers in two seconds`);
        await page.click('#switch');
        await waitForText(page, '#camera', /^Camera$/);
        await waitForText(page, '#camera', /^Stop camera$/);

        await choose(page, await pictureFile(page, 'red', 'red'));
        await waitForText(page, '#camera', /^Camera$/);
        await waitForColour(page, red);
        assert.equal(await page.$eval('#switch', (button) => (button as HTMLElement).hidden), true);

        await start();
        const other = await page.browserContext().newPage();
        await other.bringToFront();
        await waitForText(page, '#camera', /^Camera$/);
        await other.close();
        await page.bringToFront();
        assert.match(await textOf(page, '.confidence'), /sure$/); // its last frame is still there
        await start();
        await page.click('#camera');
        await waitForText(page, '#camera', /^Camera$/);
      },
      { browser },
    ),
  ));

test('a camera that is refused, or that there is none, is said in a sentence', () =>
  visit('/demos/photo/', async (page) => {
    await ready(page);
    await page.click('#camera');
    await waitForText(page, '.notices', /The camera was refused|There is no camera/);
    assert.equal(await textOf(page, '#camera'), 'Camera');
  }));

test('on an insecure page the camera says what it needs, and files are read all the same', async () => {
  const server = await serve({ root: 'site', isolated: false });
  try {
    const { port } = new URL(server.url);
    await withBrowser(['--host-resolver-rules=MAP photo.test localhost'], (browser) =>
      visit(
        `http://photo.test:${port}/demos/photo/`,
        async (page) => {
          await ready(page);
          assert.equal(await page.evaluate(() => isSecureContext), false);
          await page.click('#camera');
          await waitForText(page, '.notices', /needs a secure page/);
          assert.equal(await page.$eval('#paste', (button) => (button as HTMLElement).hidden), true);
          await choose(page, await pictureFile(page, 'red', 'red'));
          await waitForColour(page, red);
        },
        { browser },
      ),
    );
  } finally {
    await server.close();
  }
});
