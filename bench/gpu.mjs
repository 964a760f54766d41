// Where subjects on WebGPU run: all of a run in one browser, so that all have the same adapter.
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../scripts/browser.mjs';

/**
 * @import { Browser } from 'puppeteer-core'
 *
 * @typedef {object} Gpu
 * @property {Browser} browser
 * @property {string} adapter what it says of itself
 * @property {boolean} software whether it is none but the CPU
 */

// A step of the largest network takes a software GPU minutes at worst.
const PROTOCOL_TIMEOUT = 600_000; // ms

/**
 * Tells of the browser's adapter.
 * @param {Browser} browser @param {string} url @returns {Promise<{ adapter: string, software: boolean } | undefined>}
 */
async function adapterOf(browser, url) {
  const page = await browser.newPage();
  await page.goto(`${url}bench/pages/blank.html`);
  const found = await page.evaluate(async () => {
    const { info } = (await navigator.gpu?.requestAdapter()) ?? {};
    if (!info) return undefined;
    const words = [info.vendor, info.architecture, info.device, info.description].filter(Boolean);
    return { adapter: words.join(' '), software: info.isFallbackAdapter };
  });
  await page.close();
  return found;
}

/**
 * Looks for a GPU the first time it is asked. One that is software in disguise is opened only on request, in a browser of
 * its own where `browser` has none.
 * @param {Browser} browser @param {string} url
 */
export function gpus(browser, url) {
  /** @type {Promise<Gpu | undefined> | undefined} */
  let hardware;
  /** @type {Promise<Gpu> | undefined} */
  let software;
  /** @type {Browser | undefined} */
  let own;

  async function find() {
    const found = await adapterOf(browser, url);
    return found && { browser, ...found };
  }
  async function launch() {
    own = await puppeteer.launch({ ...launchOptions(), protocolTimeout: PROTOCOL_TIMEOUT });
    const found = await adapterOf(own, url);
    if (!found) throw new Error('this browser has no WebGPU, not even in software');
    return { browser: own, ...found };
  }
  return {
    /** @param {boolean} asked whether software will do @returns {Promise<Gpu>} @throws if there is none. */
    async open(asked) {
      const found = await (hardware ??= find());
      if (found && (asked || !found.software)) return found;
      if (!asked) throw new Error('this browser has no GPU that is not software');
      return (software ??= launch());
    },
    close: async () => own?.close(),
  };
}
