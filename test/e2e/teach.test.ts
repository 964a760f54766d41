import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ElementHandle, Page } from 'puppeteer-core';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { draw } from './support/hand.js';
import type { Manner, Name } from './support/hand.js';
import { assertFits, assertTouchable, desktop, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();
const digits = [...'0123456789'] as Name[];
const tryIt: Manner = { pad: '#try-pad' };
const answer = '#try .label';

/** As high as the screens that every step is to fit. */
const tall = { ...phone, width: 390, height: 844 };

const ready = (page: Page) =>
  page.waitForFunction(() => !/^(Loading…)?$/.test(document.querySelector('#about')!.textContent));
const examples = (page: Page) => page.$$eval('#library .thumbnail', (thumbnails) => thumbnails.length);
const prompt = (page: Page) => textOf(page, '#prompt');
const stepTo = (page: Page, step: 'draw' | 'teach' | 'try') => page.click(`[data-step=${step}]`);
const waitForExamples = (page: Page, n: number) =>
  page.waitForFunction((n) => document.querySelectorAll('#library .thumbnail').length === n, {}, n);

/** Draws `names`, `rounds` times round, and adds each with Enter to what the page asks for. */
async function drawRounds(page: Page, names: Name[], rounds: number, by: Manner['by'] = 'mouse') {
  for (let variation = 0; variation < rounds; variation++)
    for (const name of names) {
      await draw(page, name, { by, variation });
      await page.keyboard.press('Enter');
    }
}

/** Draws each name `times` times, as own symbols are asked for, one after another. */
async function drawSymbols(page: Page, names: Name[], times: number) {
  for (const [i, name] of names.entries()) {
    await page.click(`#labels button:nth-child(${i + 1})`);
    for (let variation = 0; variation < times; variation++) {
      await draw(page, name, { variation });
      await page.keyboard.press('Enter');
    }
  }
}

/** Teaches what was drawn, until the page has gone on to the last step. */
async function teach(page: Page): Promise<void> {
  await page.click('#teach-these');
  await page.waitForFunction(() => location.hash.endsWith('/try'));
  await waitForText(page, '#outcome', /!|\./);
}

async function assertOneScreen(page: Page): Promise<void> {
  const [high = NaN, screen = NaN] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
  assert.ok(high <= screen, `${page.url()} is ${high} px high on a screen of ${screen} px`);
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
    await waitForText(page, '#added', /^Added to 0$/); // after a pause
    assert.equal(await examples(page), 1);
    assert.equal(await prompt(page), 'Draw a 1');
    await page.click('#undo');
    assert.equal(await examples(page), 0);
    assert.equal(await prompt(page), 'Draw a 0');
    await drawRounds(page, ['0', '1', '2', '3'], 1);
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
    assert.match(await textOf(page, '#how-many'), /^3 examples of 3 kinds/);

    const paths = () => page.$$eval('#library path', (paths) => paths.map((path) => path.getAttribute('d')));
    const drawn = await paths();
    await page.reload();
    await ready(page);
    assert.deepEqual(await paths(), drawn);
    await page.click('#remove-all');
    assert.equal(await examples(page), 0);
    await page.click('#undo');
    assert.equal(await examples(page), 3);
  }));

test('a stray tap, or a swipe that meant to scroll, is never a sample, and can be brought back', () =>
  visit(
    '/demos/teach/',
    async (page) => {
      await ready(page);
      const { x, y, width, height } = (await (await page.$('#pad'))!.boundingBox())!;
      const left = () => waitForText(page, '#added', /A stray touch/);
      await page.touchscreen.tap(x + width / 2, y + height / 2);
      await left();
      const swipe = async (from: number, to: number) => {
        const finger = await page.touchscreen.touchStart(x + 0.5 * width, y + from * height);
        for (let i = 1; i <= 5; i++) await finger.move(x + 0.5 * width, y + (from + ((to - from) * i) / 5) * height);
        await finger.end();
      };
      await swipe(0.8, 0.3);
      await left();
      assert.equal(await examples(page), 0);
      await page.tap('#undo');
      await page.tap('#add'); // it was meant
      await waitForText(page, '#added', /^Added to 0$/);
      await waitForText(page, '#prompt', /^Draw a 1$/);
      await swipe(0.2, 0.8); // as a 1 is drawn
      await waitForText(page, '#added', /^Added to 1$/);
      await page.tap('#labels button:nth-child(2)');
      await swipe(0.7, 0);
      await left(); // out over the edge
      await waitForExamples(page, 2);
    },
    { viewport: tall },
  ));

test('learns a hand: progress, curves, before and after, confusion; all of it outlives a reload', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    // A hand whose 1 is a wave and whose 4 a triangle, so that there is something to learn.
    await drawRounds(page, digits.with(1, 'wave').with(4, 'triangle'), 2);
    assert.equal(await examples(page), 20);

    await page.evaluate(() => {
      const seen: number[] = ((globalThis as { seen?: number[] }).seen = []);
      const bar = document.querySelector('progress')!;
      new MutationObserver(() => seen.push(bar.value)).observe(bar, { attributes: true });
    });
    await page.click('#teach-these');
    await waitForText(page, '#phase', /^Practising, round \d+ of \d+$/);
    await page.waitForFunction(() => location.hash === '#digits/try');
    const seen = await page.evaluate(() => (globalThis as { seen?: number[] }).seen!);
    assert.ok(new Set(seen).size > 3, `progress: ${seen}`);
    const rising = seen.toSorted((a, b) => a - b);
    assert.deepEqual(seen, rising, 'progress never falls');
    assert.ok(await page.$('.rain svg'), 'what was drawn rains down');

    assert.match(await textOf(page, '#outcome'), /^It has learned your hand!/);
    await page.click('#how summary');
    assert.match(await textOf(page, '.change'), /\d+% before → \d+% after right, of the 20 it learned from/);
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
    await page.click('#how summary');
    assert.equal(await textOf(page, '#about'), about);
    assert.equal(await textOf(page, '#lesson'), figures);
    for (const [digit, name] of Object.entries({ 1: 'wave', 7: '7', 4: 'triangle' })) {
      await draw(page, name as Name, { ...tryIt, variation: 1 });
      await waitForText(page, answer, new RegExp(`^${digit}$`));
      await page.click('#try-clear');
      await waitForText(page, answer, /^$/);
    }
    await page.click('#keep summary');
    await pressTwice(page, '#reset');
    await waitForText(page, '#about', /as it came/);
    assert.equal(await textOf(page, '#outcome'), '');
    assert.equal(await textOf(page, '#lesson'), '');
  }));

test('says gladly that it reads a hand already', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    await drawRounds(page, ['0', '1', '2', '3', '4'], 1);
    await teach(page);
    assert.match(await textOf(page, '#outcome'), /^It already reads your hand! All 5 examples were right before/);
    assert.equal((await page.$$('table.confusion')).length, 1);
  }));

test('a lesson can be cancelled and changes nothing; one without examples says what is missing', () =>
  visit('/demos/teach/', async (page) => {
    await ready(page);
    const about = await textOf(page, '#about');
    await page.click('#teach-these');
    await waitForText(page, '.notices', /nothing to learn from yet/);
    await stepTo(page, 'draw');
    await drawRounds(page, ['1', '2', '0'], 1);
    await page.click('#teach-these');
    await page.waitForFunction(
      () => {
        if (!/round/.test(document.querySelector('#phase')!.textContent)) return false;
        document.querySelector<HTMLButtonElement>('#cancel')!.click();
        return true;
      },
      { polling: 'mutation' },
    ); // three examples are learned in a moment
    await waitForText(page, '#phase', /^Cancelled; nothing has changed/);
    assert.equal(await examples(page), 3);
    assert.equal(await textOf(page, '#about'), about);
    assert.equal(await page.$eval('#lesson', (lesson) => (lesson as HTMLElement).hidden), true);
    await page.click('#start');
    await page.waitForFunction(() => location.hash.endsWith('/try'));
    assert.match(await textOf(page, '#about'), /^Taught with 3 examples/);
    await page.goBack();
    await waitForText(page, '#teach h2', /^Teach$/);
  }));

test('learns five own symbols of five drawings in at most 12 taps, each step on one screen of a phone', () =>
  visit(
    '/demos/teach/',
    async (page) => {
      let taps = 0;
      const tap = (selector: string) => (taps++, page.tap(selector));
      await ready(page);
      await assertOneScreen(page);
      await tap('[name=mode][value=symbols] + span');
      await waitForText(page, '#prompt', /^Draw ♥$/);
      await assertOneScreen(page);
      await stepTo(page, 'try');
      await waitForText(page, '#untaught', /^Teach me first/);
      assert.equal(await page.$eval('#try .bars', (bars) => bars.checkVisibility()), false);
      await assertOneScreen(page);
      await stepTo(page, 'draw');
      const symbols: Record<string, Name> = {
        wave: 'wave',
        'a triangle that has quite a long name': 'triangle',
        eight: '8',
        three: '3',
        hook: '7',
      };
      for (const [label, name] of Object.entries(symbols)) {
        await tap('#name');
        await page.$eval('#name', (input) => (input as HTMLInputElement).select());
        await page.keyboard.type(label);
        for (let variation = 0; variation < 5; variation++) {
          await draw(page, name, { by: 'touch', variation });
          await waitForText(page, '#added', new RegExp(`^Added to ${label}$`));
          if (variation < 4) await waitForText(page, '#prompt', new RegExp(`^Draw ${label}$`));
        }
      }
      await waitForText(page, '#prompt', /^Draw another symbol$/);
      assert.match(await textOf(page, '#how-many'), /^25 examples of 5 kinds/);
      await assertFits(page);
      await assertTouchable(page);
      await tap('#teach-these');
      await assertOneScreen(page);
      await waitForText(page, '#outcome', /^It has learned your 5 symbols!/);
      assert.ok(taps <= 12, `${taps} taps`);
      await assertOneScreen(page);
      await assertFits(page);
      await assertTouchable(page);
      for (const [label, name] of Object.entries(symbols)) {
        await draw(page, name, { ...tryIt, by: 'touch', variation: 6 });
        await waitForText(page, answer, new RegExp(`^${label}$`));
        await page.tap('#try-clear');
        await waitForText(page, answer, /^$/);
      }
      assert.equal(await page.$$eval('#try .bars li', (rows) => rows.length), 5);
      await stepTo(page, 'draw');
      await page.tap('[value=digits] + span');
      await waitForExamples(page, 0);
      await ready(page);
    },
    { viewport: tall },
  ));

test('symbols are named, renamed and removed; a name that is taken is said to be', () =>
  visit('/demos/teach/#symbols', async (page) => {
    const name = async (text: string) => {
      await page.click('#name', { count: 3 });
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    };
    await name('★'); // taken
    await waitForText(page, '.notices', /There is a symbol “★” already/);
    assert.equal(await prompt(page), 'Draw ♥');
    await name('wave');
    await waitForText(page, '#prompt', /^Draw wave$/);
    await page.click('#labels .new');
    await waitForText(page, '#prompt', /^Draw another symbol$/);
    await drawRounds(page, ['triangle'], 1);
    await waitForText(page, '#prompt', /^Draw Symbol 3$/);
    await page.click('#remove');
    await waitForText(page, '#added', /^Symbol 3 is removed$/);
    assert.equal(await examples(page), 0);
    await page.click('#undo');
    assert.equal(await examples(page), 1);
  }));

test('saves, loads, forgets, exports, imports and resets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'handful-'));
  const file = join(folder, 'handful-symbols.safetensors');
  try {
    await visit('/demos/teach/#symbols', async (page) => {
      await ready(page);
      await drawSymbols(page, ['wave', 'triangle'], 2); // for ♥ and ★
      await teach(page);
      await page.click('#keep summary');
      await page.$eval('#save input', (input) => (input.value = ''));
      await page.type('#save input', 'two of mine');
      await page.click('#save button');
      await waitForText(page, '#saved', /^two of mine/);
      const taught = page.url();
      for (const other of ['draw', 'numbers']) {
        await page.goto(new URL(`../${other}/`, taught).href);
        await waitForText(page, '#network optgroup', /My symbols.*two of mine/);
      }
      await page.goto(new URL('../draw/', taught).href);
      await page.select('#network', 'indexeddb:two of mine');
      await waitForText(page, '.hint', /^draw one of these: ♥ ★$/);
      await draw(page, 'triangle');
      await waitForText(page, '#answer .label', /^★$/);
      await page.goto(taught);
      await ready(page);
      await page.click('#keep summary');

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
      await waitForText(page, '#untaught', /Teach me first/);
      await page.reload();
      await ready(page);
      await waitForText(page, '#untaught', /Teach me first/);
      await page.click('#keep summary');
      await page.click('[aria-label="Load two of mine"]');
      await waitForText(page, '#about', /^Saved as “two of mine”/);
      await draw(page, 'triangle', tryIt);
      await waitForText(page, answer, /^★$/);
      await pressTwice(page, '[aria-label^="Forget two of mine"]');
      await waitForText(page, '#saved', /^$/);
    });

    await visit('/demos/teach/#symbols/try', async (page) => {
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

test('drawings go to others by a link and by a file, a network as a page; what is none is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'handful-'));
  const saved = async (page: Page, press: string, name: string) => {
    const session = await page.createCDPSession();
    const browserContextId = page.browserContext().id;
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, browserContextId });
    await page.click(press);
    while (!(await readdir(folder)).includes(name)) await new Promise((done) => setTimeout(done, 50));
  };
  let link = '';
  try {
    await visit('/demos/teach/#symbols', async (page) => {
      const { origin } = new URL(page.url());
      await page.browserContext().overridePermissions(origin, ['clipboard-read', 'clipboard-sanitized-write']);
      await drawSymbols(page, ['wave', 'triangle'], 3);
      await teach(page);
      await page.click('#keep summary');
      await saved(page, '#save-drawings', 'handful-symbols-drawings.json');
      await page.evaluate(() => (navigator.canShare = () => false));
      await saved(page, '#share', 'handful-symbols.html');
      await page.click('#link');
      await waitForText(page, '#kept', /^The link is copied/);
      link = await page.evaluate(() => navigator.clipboard.readText());
      assert.ok(link.length < 2000, `a link of ${link.length} characters`);
    });
    const { pathname, hash } = new URL(link);
    await visit(pathname + hash, async (page) => {
      await waitForText(page, '#added', /^6 drawings are added$/);
      assert.equal(await examples(page), 6);
      assert.equal(new URL(page.url()).hash, '#symbols/draw');
      await page.click('#undo');
      assert.equal(await examples(page), 0);
      await chooseFile(page, join(folder, 'handful-symbols-drawings.json'));
      await waitForExamples(page, 6);
      await chooseFile(page, join(folder, 'handful-symbols-drawings.json'));
      await waitForText(page, '#added', /^0 drawings are added$/); // they are here already
      const hostile = join(folder, 'hostile.json');
      await writeFile(hostile, JSON.stringify({ examples: [{ label: 'x', strokes: [[[1e9, '<b>']]] }, 7] }));
      await chooseFile(page, hostile);
      await waitForText(page, '.notices', /no drawings in it/);
      await chooseFile(page, join(folder, 'handful-symbols.html'));
      await waitForText(page, '#about', /^From the file handful-symbols\.html/);
      await stepTo(page, 'try');
      await draw(page, 'wave', tryIt);
      await waitForText(page, answer, /^♥$/);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('learns things from the camera, recorded while a button is held, by pointer and by key', async () => {
  const { args, ...options } = launchOptions();
  const fake = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  const browser = await puppeteer.launch({ ...options, args: [...args, ...fake] });
  try {
    await visit(
      '/demos/teach/#things',
      async (page) => {
        await ready(page);
        assert.equal(await prompt(page), 'Show Thing 1');
        await page.setViewport(tall);
        await assertOneScreen(page);
        await page.setViewport(desktop);
        await page.click('#record');
        await waitForText(page, '#record', /^Hold to record$/);
        const { x, y } = await (await page.$('#record'))!.clickablePoint();
        await page.mouse.move(x, y);
        await page.mouse.down();
        await waitForText(page, '#record', /^Recording… [5-9]$/);
        await page.mouse.up();
        await waitForText(page, '#added', /^\d+ added to Thing 1$/);
        const first = await examples(page);
        assert.ok(first >= 5, `${first} pictures`);
        await page.click('#labels button:nth-child(2)');
        await page.evaluate(() => {
          // Another thing before the same camera: the picture upside down.
          const { drawImage } = CanvasRenderingContext2D.prototype;
          CanvasRenderingContext2D.prototype.drawImage = function (
            this: CanvasRenderingContext2D,
            ...given: unknown[]
          ) {
            this.filter = 'invert(1) hue-rotate(90deg)';
            (drawImage as (...given: unknown[]) => void).apply(this, given);
          };
        });
        await page.focus('#record');
        await page.keyboard.down('Space');
        await waitForText(page, '#record', /^Recording… [5-9]$/);
        await page.keyboard.up('Space');
        await waitForText(page, '#added', /added to Thing 2$/);
        await teach(page);
        assert.match(await textOf(page, '#outcome'), /^It has learned your 2 things!/);
        await page.click('.start-camera');
        await waitForText(page, answer, /^Thing 2$/);
        await page.reload();
        await ready(page);
        await stepTo(page, 'draw');
        assert.ok((await examples(page)) > first);
      },
      { browser },
    );
  } finally {
    await browser.close();
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
    await focus('#teach-these');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash.endsWith('/try'));
    await focus('#try-pad');
    await line('ArrowDown');
    await waitForText(page, answer, /^\d$/);
  }));
