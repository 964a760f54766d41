import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ElementHandle, Page } from 'puppeteer-core';
import { draw } from './support/hand.js';
import type { Manner, Name } from './support/hand.js';
import { assertFits, assertTouchable, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();
const digits = [...'0123456789'] as Name[];
const tryIt: Manner = { pad: '#try-pad' };
const answer = '#try .label';

const ready = (page: Page) => waitForText(page, '#about', /(WASM|WebGPU)/);
const examples = (page: Page) => page.$$eval('#library .thumbnail', (thumbnails) => thumbnails.length);
const prompt = (page: Page) => textOf(page, '#prompt');

/** Draws what the page asks for, `rounds` times round, and adds it with Enter. */
async function drawRounds(page: Page, names: Name[], rounds: number, by: Manner['by'] = 'mouse') {
  for (let variation = 0; variation < rounds; variation++)
    for (const name of names) {
      await draw(page, name, { by, variation });
      await page.keyboard.press('Enter');
    }
}

async function teach(page: Page): Promise<void> {
  await page.click('#teach');
  await waitForText(page, '#outcome', /^Done/);
}

async function chooseFile(page: Page, path: string): Promise<void> {
  await ((await page.$('#import')) as ElementHandle<HTMLInputElement>).uploadFile(path);
}

/** Presses a button that asks whether it is meant. */
async function pressTwice(page: Page, selector: string): Promise<void> {
  await page.click(selector);
  await waitForText(page, selector, /Really/);
  await page.click(selector);
}

test('asks for digits, adds them by itself, undoes, takes out, and finds them again after a reload', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    assert.equal(await prompt(page), 'Draw a 0');
    await draw(page, '0');
    await page.waitForFunction(() => document.querySelectorAll('.thumbnail').length === 1); // after a pause
    assert.equal(await prompt(page), 'Draw a 1');
    await page.click('#by-itself');
    await drawRounds(page, ['1', '2', '3'], 1);
    assert.equal(await examples(page), 4);
    assert.equal(await prompt(page), 'Draw a 4');

    await page.keyboard.press('9');
    assert.equal(await prompt(page), 'Draw a 9');
    await draw(page, '4');
    await page.keyboard.press('z'); // one of its two strokes
    await page.click('#clear');
    await page.click('#undo'); // a blank pad: the last example
    assert.equal(await examples(page), 3);
    await page.click('#library li:nth-child(2) .thumbnail');
    assert.equal(await examples(page), 2);
    await page.keyboard.press('z');
    assert.equal(await examples(page), 3);
    assert.match(await textOf(page, '#how-many'), /^3 examples/);

    const paths = () => page.$$eval('#library path', (paths) => paths.map((path) => path.getAttribute('d')));
    const drawn = await paths();
    await page.reload();
    await ready(page);
    assert.deepEqual(await paths(), drawn);
    assert.equal(await page.$eval('#by-itself', (box) => (box as HTMLInputElement).checked), false);
    await page.click('#remove-all');
    assert.equal(await examples(page), 0);
    await page.click('#undo');
    assert.equal(await examples(page), 3);
  }));

test('learns a hand: progress, curves, before and after, confusion; all of it outlives a reload', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    await page.click('#by-itself');
    await drawRounds(page, digits, 2);
    assert.equal(await examples(page), 20);

    await page.evaluate(() => {
      const seen: number[] = ((globalThis as { seen?: number[] }).seen = []);
      const bar = document.querySelector('progress')!;
      new MutationObserver(() => seen.push(bar.value)).observe(bar, { attributes: true });
    });
    await page.click('#teach');
    await waitForText(page, '#phase', /^epoch \d+ of \d+$/);
    await page.waitForSelector('#curves path');
    await waitForText(page, '#outcome', /^Done/);
    const seen = await page.evaluate(() => (globalThis as { seen?: number[] }).seen!);
    assert.ok(new Set(seen).size > 3, `progress: ${seen}`);
    const rising = seen.toSorted((a, b) => a - b);
    assert.deepEqual(seen, rising, 'progress never falls');

    assert.match(await textOf(page, '.change'), /\d+ % before → \d+ % after right, of the 20 examples it learned from/);
    assert.match(await textOf(page, '#note'), /20 samples are too few to hold any back/);
    assert.equal(await page.$$eval('#curves path', (paths) => paths.length), 2);
    const counts = await page.$$eval('table.confusion', (tables) =>
      tables.map((table) => Array.from(table.querySelectorAll('td'), (cell) => Number(cell.innerText))),
    );
    assert.deepEqual(
      counts.map((cells) => cells.reduce((a, b) => a + b)),
      [20, 20],
    );

    const about = await textOf(page, '#about');
    const figures = await textOf(page, '#lesson');
    await page.reload();
    await ready(page);
    const [taught = ''] = about.split('. '); // why it runs where it does is told anew
    assert.ok((await textOf(page, '#about')).startsWith(taught));
    assert.equal(await textOf(page, '#lesson'), figures);
    for (const digit of ['1', '7', '5'] as Name[]) {
      await draw(page, digit, { ...tryIt, variation: 2 });
      await waitForText(page, answer, new RegExp(`^${digit}$`));
      await page.click('#try-clear');
      await waitForText(page, answer, /^$/);
    }
  }));

test('a lesson can be cancelled and changes nothing; one without examples says what is missing', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    const about = await textOf(page, '#about');
    await page.click('#teach');
    await waitForText(page, '.notices', /nothing to learn from yet/);
    await page.click('#by-itself');
    await drawRounds(page, ['0', '1', '2'], 1);
    await page.click('#teach');
    await page.waitForFunction(() => {
      if (!/^epoch/.test(document.querySelector('#phase')!.textContent)) return false;
      document.querySelector<HTMLButtonElement>('#cancel')!.click();
      return true;
    });
    await waitForText(page, '#outcome', /^Cancelled; nothing has changed/);
    assert.equal(await examples(page), 3);
    assert.equal(await textOf(page, '#about'), about);
    assert.equal(await page.$eval('#lesson', (lesson) => (lesson as HTMLElement).hidden), true);
    await teach(page);
    assert.match(await textOf(page, '#about'), /^Taught with 3 examples/);
  }));

test('learns symbols of one’s own from a few examples, by touch on a phone', () =>
  visit(
    '/demos/teach/#symbols',
    async (page) => {
      await ready(page);
      await page.tap('#own summary');
      await page.type('#name', '★'); // taken
      await page.tap('#own [type=submit]');
      await waitForText(page, '.notices', /There is a symbol “★” already/);
      await page.$eval('#name', (input) => ((input as HTMLInputElement).value = ''));
      await page.type('#name', 'wave');
      await page.tap('#rename'); // ♥, which it asks for
      await waitForText(page, '#prompt', /^Draw wave$/);
      await page.tap('#labels button:nth-child(2)');
      await waitForText(page, '#prompt', /^Draw ★$/);
      await page.tap('#remove');
      await waitForText(page, '#prompt', /^Draw wave$/);
      await page.type('#name', 'triangle');
      await page.tap('#own [type=submit]');
      await waitForText(page, '#prompt', /^Draw triangle$/);
      await page.tap('#labels button:nth-child(1)');
      // A network that is trained, so that there is something to be seen of it; the drawings are too alike to hold some back.
      await page.select('#from', 'mnist-lenet5');
      for (let i = 0; i < 6; i++)
        for (const name of ['wave', 'triangle'] as Name[]) {
          await waitForText(page, '#prompt', new RegExp(`^Draw ${name}$`));
          await draw(page, name, { by: 'touch', variation: i });
          await page.tap('#add');
        }
      await waitForText(page, '#how-many', /^12 examples/);
      await assertFits(page);
      await page.tap('#teach');
      await waitForText(page, '#outcome', /^Done/);
      assert.match(
        await textOf(page, '.change'),
        /\d+ % before → \d+ % after right, of the 12 examples it learned from/,
      );
      assert.match(await textOf(page, '#curves'), /learned from \d+ %/);
      assert.ok((await page.$$eval('#curves path', (paths) => paths.length)) >= 2);
      await assertFits(page);
      await assertTouchable(page);
      for (const name of ['triangle', 'wave'] as Name[]) {
        await draw(page, name, { ...tryIt, by: 'touch', variation: 6 });
        await waitForText(page, answer, new RegExp(`^${name}$`));
        await page.tap('#try-clear');
        await waitForText(page, answer, /^$/);
      }
      assert.equal(await page.$$eval('#try .bars li', (rows) => rows.length), 2);
      await page.click('input[value=digits]');
      await ready(page);
      assert.equal(await examples(page), 0);
    },
    { viewport: phone },
  ));

test('saves, loads, forgets, exports, imports and resets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'handful-'));
  const file = join(folder, 'handful-symbols.safetensors');
  try {
    await visit('/demos/teach/#symbols', async (page) => {
      await ready(page);
      await drawRounds(page, ['wave', 'triangle'], 2); // for ♥ and ★
      await teach(page);
      await page.$eval('#save input', (input) => (input.value = ''));
      await page.type('#save input', 'two of mine');
      await page.click('#save button');
      await waitForText(page, '#saved', /^two of mine/);

      const session = await page.createCDPSession();
      await session.send('Browser.setDownloadBehavior', {
        behavior: 'allow',
        downloadPath: folder,
        browserContextId: page.browserContext().id,
      });
      await page.click('#export');
      await waitForText(page, '#kept', /^Exported/);
      while (!(await readdir(folder)).includes('handful-symbols.safetensors'))
        await new Promise((done) => setTimeout(done, 50));

      await pressTwice(page, '#reset');
      await waitForText(page, '#about', /as it came/);
      await page.reload();
      await ready(page);
      assert.match(await textOf(page, '#about'), /as it came/);
      await page.click('[aria-label="Load two of mine"]');
      await waitForText(page, '#about', /^Saved as “two of mine”/);
      await draw(page, 'triangle', tryIt);
      await waitForText(page, answer, /^★$/);
      await pressTwice(page, '[aria-label^="Forget two of mine"]');
      await waitForText(page, '#saved', /^$/);
    });

    await visit('/demos/teach/#symbols', async (page) => {
      await ready(page);
      await chooseFile(page, file);
      await waitForText(page, '#about', /^From the file handful-symbols\.safetensors/);
      await draw(page, 'wave', tryIt);
      await waitForText(page, answer, /^♥$/);

      const broken = join(folder, 'broken.safetensors');
      await writeFile(broken, 'not a model');
      await chooseFile(page, broken);
      await waitForText(page, '.notices', /safetensors/i);
      await waitForText(page, answer, /^♥$/);
      assert.match(await textOf(page, '#about'), /^From the file handful-symbols/);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('is taught with the keyboard alone', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    const focus = async (selector: string) => {
      for (let i = 0; i < 60 && !(await page.$(`${selector}:focus`)); i++) await page.keyboard.press('Tab');
      assert.ok(await page.$(`${selector}:focus`), `Tab reaches ${selector}`);
    };
    const line = async (down: 'ArrowDown' | 'ArrowRight') => {
      await page.keyboard.press('Space');
      for (let i = 0; i < 8; i++) await page.keyboard.press(down);
      await page.keyboard.press('Space');
    };
    await focus('#pad');
    await page.keyboard.press('1');
    await line('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await examples(page), 1);
    assert.equal(await prompt(page), 'Draw a 0');
    await line('ArrowRight');
    await page.keyboard.press('Enter');
    assert.equal(await examples(page), 2);
    await focus('#library .thumbnail');
    await page.keyboard.press('Enter');
    assert.equal(await examples(page), 1);
    await page.keyboard.press('z');
    assert.equal(await examples(page), 2);
    await focus('#teach');
    await page.keyboard.press('Enter');
    await waitForText(page, '#outcome', /^Done/);
    await focus('#try-pad');
    await line('ArrowDown');
    await waitForText(page, answer, /^\d$/);
  }));
