import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { Browser, Page, Viewport } from 'puppeteer-core';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../../../scripts/browser.mjs';
import { serve } from '../../../scripts/serve.mjs';

export const desktop: Viewport = { width: 1280, height: 800 };
export const phone: Viewport = { width: 360, height: 740, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

interface Visit {
  viewport?: Viewport;
  browser?: Browser;
}

/** Serves the demos and starts a browser around a file's tests. */
export function useSite() {
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;

  before(async () => {
    server = await serve({ root: 'site' });
    browser = await puppeteer.launch(launchOptions());
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Runs a visit in a browser profile of its own; errors on the console and failed requests fail it. */
  async function visit(path: string, act: (page: Page) => Promise<void>, options: Visit = {}): Promise<void> {
    const context = await (options.browser ?? browser).createBrowserContext();
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(40_000);
      await page.setViewport(options.viewport ?? desktop);
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(`uncaught: ${String(error)}`));
      page.on('response', (response) => response.status() >= 400 && complaints.push(`404: ${response.url()}`));
      page.on('requestfailed', (request) => {
        if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
      });
      await page.goto(new URL(path, server.url).href);
      await act(page);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  }

  return visit;
}

/** The text of the element that a selector means, as a person reads it, or would if it were unfolded. */
export function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => {
    const text = element.checkVisibility() ? (element as HTMLElement).innerText : element.textContent;
    return text.replace(/\s+/g, ' ').trim();
  });
}

/** Waits until an element's text matches. */
export async function waitForText(page: Page, selector: string, pattern: RegExp): Promise<string> {
  const find = (selector: string, source: string, flags: string) => {
    const element = document.querySelector<HTMLElement>(selector);
    const shown = element?.checkVisibility() ? element.innerText : element?.textContent;
    const text = (shown ?? '').replace(/\s+/g, ' ').trim();
    return new RegExp(source, flags).test(text);
  };
  try {
    await page.waitForFunction(find, { polling: 50 }, selector, pattern.source, pattern.flags);
  } catch (cause) {
    throw new Error(`${selector} reads “${await textOf(page, selector)}”, never ${pattern}.`, { cause });
  }
  return textOf(page, selector);
}

/** Fails if the page is wider than the screen. */
export async function assertFits(page: Page): Promise<void> {
  const { page: wide, screen } = await page.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= screen, `the page is ${wide} px wide on a screen of ${screen} px`);
}

/** Fails if something to press is smaller than a finger. */
export async function assertTouchable(page: Page): Promise<void> {
  const small = await page.$$eval('button, select, a, summary, label.button, label.check, .modes span', (elements) =>
    elements
      .map((element) => ({ text: (element as HTMLElement).innerText, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < 44 || box.width < 44))
      .map(({ text, box }) => `${text}: ${Math.round(box.width)} x ${Math.round(box.height)}`),
  );
  assert.deepEqual(small, []);
}
