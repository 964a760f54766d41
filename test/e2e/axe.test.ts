import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'puppeteer-core';
import { draw, write } from './support/hand.js';
import { assertFits, desktop, useSite, waitForText } from './support/site.js';

const visit = useSite();

const loaded = (page: Page) => waitForText(page, '#runs', /WASM|WebGPU/);
const opened = (page: Page) => waitForText(page, '#about', /as it came|first/);
const unfold = (page: Page) => page.$$eval('details', (all) => all.forEach((each) => (each.open = true)));

async function teach(page: Page): Promise<void> {
  await opened(page);
  for (const name of ['wave', '7', 'triangle', '1'] as const) {
    await draw(page, name);
    await page.keyboard.press('Enter');
  }
}

/** What a page can look like, and how it comes to that. */
const states: Record<string, [path: string, act: (page: Page) => Promise<unknown>]> = {
  'the start page': ['', (page) => page.waitForSelector('nav')],
  'Draw, empty': ['draw/', loaded],
  'Draw, with a digit that is read': [
    'draw/',
    async (page) => {
      await loaded(page);
      await draw(page, '7');
      await waitForText(page, '#answer .label', /^7$/);
    },
  ],
  'Draw, with what is unknown, all unfolded': [
    'draw/',
    async (page) => {
      await loaded(page);
      await draw(page, 'triangle');
      await waitForText(page, '.confidence', /^(Like nothing I know|More than one)$/);
      await unfold(page);
      await waitForText(page, '#use pre', /load/);
    },
  ],
  'Teach, empty': ['teach/', opened],
  'Teach, with drawings': ['teach/', teach],
  'Teach, its second step': [
    'teach/',
    async (page) => {
      await teach(page);
      await page.click('[data-step=teach]');
    },
  ],
  'Teach, nothing to learn from': [
    'teach/#digits/teach',
    async (page) => {
      await opened(page);
      await page.click('#start');
      await waitForText(page, '.notices', /nothing to learn from/);
    },
  ],
  'Teach, having learned, all unfolded': [
    'teach/',
    async (page) => {
      await teach(page);
      await page.click('#teach-these');
      await page.waitForFunction(() => location.hash.endsWith('/try'));
      await waitForText(page, '#outcome', /!|\./);
      await draw(page, '7', { pad: '#try-pad' });
      await waitForText(page, '#try .label', /./);
      await unfold(page);
    },
  ],
  'Teach, own symbols': ['teach/#symbols', opened],
  'Teach, own symbols before they are taught': [
    'teach/#symbols/try',
    (page) => waitForText(page, '#untaught', /first/),
  ],
  'Teach, the camera': ['teach/#things', opened],
  'Numbers, empty': ['numbers/', loaded],
  'Numbers, with a number and a sum whose digit is corrected': [
    'numbers/',
    async (page) => {
      await loaded(page);
      await write(page, '#any ink-pad', '407');
      await waitForText(page, '#any output', /^407$/);
      await write(page, '#sums ink-pad', '17');
      await waitForText(page, '#sums output', /^17$/);
      await page.click('#next');
      await waitForText(page, '#score', /of 1 right/);
      await write(page, '#sums ink-pad', '17');
      await waitForText(page, '#sums output', /^17$/);
      await page.click('#sums .characters > li button');
      await page.waitForSelector('#sums .choices button');
      await unfold(page);
    },
  ],
  'Photo, empty': ['photo/', loaded],
  'Photo, with a picture': [
    'photo/',
    async (page) => {
      await loaded(page);
      await page.click('#samples button');
      await waitForText(page, '.confidence', /% sure$/);
      await unfold(page);
    },
  ],
};

const looks = {
  light: { 'prefers-color-scheme': 'light', 'forced-colors': 'none' },
  dark: { 'prefers-color-scheme': 'dark', 'forced-colors': 'none' },
  'forced colours': { 'prefers-color-scheme': 'dark', 'forced-colors': 'active' },
};

for (const [name, [path, act]] of Object.entries(states))
  test(`axe has nothing to say: ${name}`, () =>
    visit(`/demos/${path}`, async (page) => {
      const session = await page.createCDPSession();
      await page.evaluate(axe.source);
      await act(page);
      const complaints: string[] = [];
      for (const viewport of [desktop, { width: 320, height: 640 }])
        for (const [look, media] of Object.entries(looks)) {
          await page.setViewport(viewport);
          const features = Object.entries({ ...media, 'prefers-reduced-motion': 'reduce' });
          await session.send('Emulation.setEmulatedMedia', {
            features: features.map(([name, value]) => ({ name, value })),
          });
          await assertFits(page);
          const { violations } = await page.evaluate(() =>
            (globalThis as unknown as { axe: typeof axe }).axe.run({ rules: { 'target-size': { enabled: true } } }),
          );
          for (const { id, nodes } of violations)
            for (const { html, failureSummary } of nodes)
              complaints.push(`${id} (${look}, ${viewport.width} px): ${html}\n${failureSummary}`);
        }
      assert.deepEqual(complaints, []);
    }));
