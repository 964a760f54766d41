import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { drawings } from './support/hand.js';
import type { Name } from './support/hand.js';
import { assertFits, assertTouchable, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();

/** Writes digits beside each other on a pad, each as wide as half of it is high. */
async function write(page: Page, pad: string, digits: string): Promise<void> {
  await page.$eval(pad, (element) => element.scrollIntoView({ block: 'center' }));
  const { x, y, width, height } = (await (await page.$(pad))!.boundingBox())!;
  for (const [i, digit] of [...digits].entries())
    for (const stroke of drawings[digit as Name]) {
      for (const [n, [u, v]] of stroke.entries()) {
        await page.mouse.move(x + 0.1 * width + (u + 0.6 * i) * 0.8 * height, y + v * height);
        if (n === 0) await page.mouse.down();
      }
      await page.mouse.up();
    }
}

const ready = (page: Page) => waitForText(page, '#runs', /WASM|WebGPU/);

test('reads a number as it is written, with a box around each digit', () =>
  visit('/demos/numbers/', async (page) => {
    await ready(page);
    await write(page, '#any ink-pad', '407');
    await waitForText(page, '#any output', /^407$/);
    assert.equal((await page.$$('#any .boxes rect')).length, 3);
    assert.match(await textOf(page, '#any .sure'), /^\d+% sure$/);
    await page.click('#any .clear');
    await waitForText(page, '#any output', /^$/);
    assert.equal((await page.$$('#any .boxes rect')).length, 0);
  }));

test('takes sums written by hand on a phone, and corrections by tap and by keyboard', () =>
  visit(
    '/demos/numbers/',
    async (page) => {
      await ready(page);
      await assertFits(page);
      await write(page, '#sums ink-pad', '17');
      await waitForText(page, '#sums output', /^17$/);
      await assertTouchable(page);
      const question = await textOf(page, '#question');
      const [a = NaN, b = NaN] = question.split(' + ').map(parseFloat); // the first one is an addition
      const result = String(a + b).padStart(2, '0');
      for (const [i, digit] of [...result].entries()) {
        await page.tap(`#sums .characters > li:nth-child(${i + 1}) button`);
        await page.$$eval(
          '#sums .choices button',
          (buttons, digit) => buttons.find(({ textContent }) => textContent === digit)!.focus(),
          digit,
        );
        await page.keyboard.press('Enter');
      }
      await waitForText(page, '#sums output', new RegExp(`^${result}$`));
      await page.tap('#next');
      await waitForText(page, '#score', /^1 of 1 right$/);
      assert.equal((await page.$$('#done .right')).length, 1);
      assert.notEqual(await textOf(page, '#question'), '');
      await waitForText(page, '#sums output', /^$/);
    },
    { viewport: phone },
  ));
