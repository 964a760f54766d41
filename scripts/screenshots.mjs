// Pictures of the demo pages to look at, in every language, size and look, into .cache/screenshots/, with a page that shows them
// beside each other; it names pages that are wider than their screen, and words that are cut off.
//   npm run screenshots [-- [--lang CODE …] [--look NAME …] [STATE …]]
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { launchOptions } from './browser.mjs';
import { languages } from './build/words.mjs';
import { serve } from './serve.mjs';

/** @import { Page } from 'puppeteer-core' */

const FOLDER = '.cache/screenshots';
const phone = { width: 390, height: 844, isMobile: true, hasTouch: true };
const desktop = { width: 1280, height: 800 };

/** @type {Record<string, { viewport: import('puppeteer-core').Viewport, dark?: boolean, forced?: boolean, large?: boolean }>} */
const looks = {
  phone: { viewport: phone },
  'phone-dark': { viewport: phone, dark: true },
  'phone-large': { viewport: phone, large: true },
  'phone-forced': { viewport: phone, dark: true, forced: true },
  sideways: { viewport: { ...phone, width: 844, height: 390 } },
  desktop: { viewport: desktop },
  'desktop-dark': { viewport: desktop, dark: true },
  'desktop-forced': { viewport: desktop, dark: true, forced: true },
};

const SEVEN = ['0.3,0.22 0.7,0.22 0.45,0.82'];
const ONE = ['0.52,0.18 0.5,0.82'];
const FOUR = ['0.42,0.18 0.3,0.55 0.7,0.55', '0.62,0.3 0.58,0.85'];
const WAVE = ['0.1,0.55 0.22,0.4 0.36,0.55 0.5,0.4 0.64,0.55 0.78,0.4 0.9,0.55'];

/** What a page can look like, and how it comes to that. @type {Record<string, [path: string, act: (page: Page) => Promise<unknown>]>} */
const states = {
  start: ['', (page) => page.waitForSelector('nav')],
  draw: ['draw/', loaded],
  'draw-read': ['draw/', (page) => loaded(page).then(() => read(page, SEVEN))],
  'draw-strange': [
    'draw/',
    async (page) => {
      await loaded(page);
      await read(page, WAVE);
      await unfold(page);
    },
  ],
  settings: ['draw/', (page) => loaded(page).then(() => page.click('.settings-fold summary'))],
  teach: ['teach/', opened],
  'teach-drawn': ['teach/', addDigits],
  'teach-step': ['teach/', (page) => addDigits(page).then(() => page.click('[data-step=teach]'))],
  'teach-learned': [
    'teach/',
    async (page) => {
      await addDigits(page);
      await page.click('#teach-these');
      await page.waitForFunction(() => location.hash.endsWith('/try'), { timeout: 60_000 });
      await draw(page, SEVEN, '#try-pad');
      await page.waitForFunction(() => document.querySelector('#try .label')?.textContent);
      await unfold(page);
    },
  ],
  'teach-symbols': ['teach/#symbols', opened],
  'teach-symbols-try': ['teach/#symbols/try', opened],
  'teach-camera': ['teach/#things', opened],
  numbers: ['numbers/', loaded],
  'numbers-read': [
    'numbers/',
    async (page) => {
      await loaded(page);
      for (const selector of ['#any ink-pad', '#sums ink-pad']) {
        await draw(page, FOUR, selector, 0.5);
        await page.waitForSelector(`${selector.split(' ')[0]} .characters button`);
      }
      await page.click('#next');
    },
  ],
  photo: ['photo/', loaded],
  'photo-seen': [
    'photo/',
    async (page) => {
      await loaded(page);
      await page.click('#samples button');
      await page.waitForSelector('#answer:not(.waiting)');
      await unfold(page);
    },
  ],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lang: { type: 'string', multiple: true }, look: { type: 'string', multiple: true } },
});
const tongues = (await languages()).map(({ lang }) => lang).filter((lang) => values.lang?.includes(lang) ?? true);
const seen = Object.keys(looks).filter((look) => values.look?.includes(look) ?? true);
const wanted = Object.keys(states).filter((state) => positionals.length === 0 || positionals.includes(state));

await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const server = await serve({ root: 'site' });
const browser = await puppeteer.launch(launchOptions());
try {
  for (const lang of tongues) for (const state of wanted) await pictures(lang, state);
} finally {
  await browser.close();
  await server.close();
}
await writeFile(`${FOLDER}/index.html`, gallery());
console.log(`${tongues.length * wanted.length * seen.length} pictures: ${FOLDER}/index.html`);

/** One state of a page in one language, in all looks. @param {string} lang @param {string} state */
async function pictures(lang, state) {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    const session = await page.createCDPSession();
    await page.setViewport(desktop);
    const [path, act] = states[state];
    await page.goto(new URL(`demos/${path.replace(/(?=#|$)/, `?lang=${lang}`)}`, server.url).href);
    await act(page);
    for (const look of seen) {
      const { viewport, dark = false, forced = false, large = false } = looks[look];
      await page.setViewport(viewport);
      const features = {
        'prefers-color-scheme': dark ? 'dark' : 'light',
        'forced-colors': forced ? 'active' : 'none',
        'prefers-reduced-motion': 'reduce',
      };
      await session.send('Emulation.setEmulatedMedia', {
        features: Object.entries(features).map(([name, value]) => ({ name, value })),
      });
      await page.evaluate((size) => (document.documentElement.style.fontSize = size), large ? '200%' : '');
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      await page.screenshot({ path: `${FOLDER}/${state}.${look}.${lang}.png`, fullPage: true });
      for (const trouble of await page.evaluate(troubles)) console.log(`${state} ${look} ${lang}: ${trouble}`);
    }
  } finally {
    await context.close();
  }
}

/** What does not fit, seen from within the page. */
function troubles() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const wide = scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`] : [];
  const cut = [...document.querySelectorAll('button, .button, a, summary, select, h1, h2, p, label, span')]
    .filter((element) => element.checkVisibility() && !element.closest('.sr-only, .notices, pre'))
    .filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      if (width <= 1) return false;
      return (
        left < -1 ||
        right > clientWidth + 1 ||
        element.scrollWidth > element.clientWidth + 1 + (getComputedStyle(element).display === 'inline' ? Infinity : 0)
      );
    })
    .map((element) => `cut off: <${element.localName}> ${element.textContent?.trim().slice(0, 50)}`);
  return [...wide, ...cut];
}

/** All pictures, a row a state and look, a column a language. */
function gallery() {
  const rows = wanted.flatMap((state) =>
    seen.map((look) => {
      const cells = tongues.map((lang) => {
        const file = `${state}.${look}.${lang}.png`;
        return `<a href="${file}"><img src="${file}" alt="${file}" loading="lazy"></a>`;
      });
      return `<h2 id="${state}.${look}">${state}, ${look}</h2>\n<div>${cells.join('\n')}</div>`;
    }),
  );
  const style = 'div { display: flex; gap: 8px; align-items: start } a { flex: 1; min-width: 0 } img { width: 100% }';
  return `<!doctype html>\n<meta charset="utf-8">\n<style>${style}</style>\n${rows.join('\n')}\n`;
}

/** @param {Page} page */
function loaded(page) {
  return page.waitForFunction(() => /WASM|WebGPU/.test(document.querySelector('#runs')?.textContent ?? ''));
}

/** @param {Page} page */
function opened(page) {
  return page.waitForFunction(() => document.querySelector('#about')?.textContent);
}

/** @param {Page} page */
function unfold(page) {
  return page.$$eval('main details, .settings details', (all) => all.forEach((each) => (each.open = true)));
}

/** @param {Page} page @param {string[]} drawing */
async function read(page, drawing) {
  await draw(page, drawing);
  await page.waitForSelector('#answer:not(.waiting)');
}

/** @param {Page} page */
async function addDigits(page) {
  await opened(page);
  for (const drawing of [WAVE, SEVEN, FOUR, ONE]) {
    await draw(page, drawing);
    await page.keyboard.press('Enter');
  }
}

/**
 * Draws on a pad with the mouse; points are in units of its height, times `size`.
 * @param {Page} page @param {string[]} drawing @param {string} [selector] @param {number} [size]
 */
async function draw(page, drawing, selector = '#pad', size = 1) {
  const pad = await page.waitForSelector(selector);
  await pad?.scrollIntoView();
  const box = await pad?.boundingBox();
  if (!box) throw new Error(`There is no ${selector} to draw on.`);
  for (const stroke of drawing) {
    for (const [i, point] of stroke.split(' ').entries()) {
      const [x, y] = point.split(',').map((part) => Number(part) * box.height * size);
      await page.mouse.move(box.x + x, box.y + y + (box.height * (1 - size)) / 2);
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}
