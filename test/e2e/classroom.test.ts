import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from './support/hand.js';
import type { Name } from './support/hand.js';
import { assertFits, assertTouchable, phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();

test('a round asks for drawings against the clock, shows what was read, and hands the drawings on to be taught', () =>
  visit(
    '/demos/classroom/',
    async (page) => {
      await page.waitForSelector('#start:enabled');
      assert.equal(await textOf(page, '#seconds'), '20 seconds 10 seconds no hurry');
      await page.select('#seconds', '0');
      await assertTouchable(page);
      await page.keyboard.press('Enter');
      for (const n of [1, 2]) {
        await waitForText(page, '#count', new RegExp(`^${n} of 10$`));
        const asked = (await textOf(page, '#prompt')).replace('Draw a ', '');
        await draw(page, asked as Name, { by: 'touch' });
        await waitForText(page, '#guess', /^Yes: \d!$/); // it goes on by itself
      }
      await waitForText(page, '#count', /^3 of 10$/);
      assert.equal(await page.$eval('#left', (bar) => bar.checkVisibility()), false);
      await assertFits(page);
      await page.$eval('#seconds', (menu) => {
        menu.options[0]!.value = '1';
        menu.value = '1';
      });
      await page.keyboard.press('Enter');
      await waitForText(page, '#count', /^5 of 10$/); // the fourth one's time is up
      await page.tap('#stop');
      await waitForText(page, '#score', /^2 of 4 read\./);
      assert.match(await textOf(page, '#results li:last-child'), /^Asked for: \d\. nothing drawn$/);
      assert.match(await textOf(page, '#rounds'), /^Round 1: 2 of 4, LeNet-5$/);
      await assertFits(page);
      await page.tap('#teach-these');
      await waitForText(page, '#added', /^2 drawings are added$/);
    },
    { viewport: phone },
  ));
