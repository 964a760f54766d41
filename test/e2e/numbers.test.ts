import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { write } from './support/hand.js';
import { assertFits, assertTouchable, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();

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

test('speaks Arabic from right to left, while numbers run from left to right', () =>
  visit(
    '/demos/numbers/?lang=ar',
    async (page) => {
      await ready(page);
      assert.equal(await page.$eval('html', ({ dir, lang }) => `${lang} ${dir}`), 'ar rtl');
      assert.equal(await textOf(page, '.top [aria-current]'), 'أعداد');
      const leftOf = (selector: string) => page.$eval(selector, (element) => element.getBoundingClientRect().left);
      assert.ok((await leftOf('.brand')) > (await leftOf('.top nav')));
      await write(page, '#any ink-pad', '47');
      await waitForText(page, '#any output', /^47$/);
      const [four, seven] = ['#any .characters > :first-child', '#any .characters > :last-child'];
      assert.ok((await leftOf(four)) < (await leftOf(seven)));
      assert.match(await textOf(page, '#any .sure'), /\d\u200e?%/);
      await assertFits(page);
    },
    { viewport: phone },
  ));
