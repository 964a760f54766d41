import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { installPacked } from './support/install.js';

const project = installPacked();
const module = 'node_modules/handful/dist/index.js';

interface Outcome {
  label?: string;
  threads?: number;
  code?: string;
}

writeFileSync(join(project.folder, 'index.html'), '<!doctype html><script type="module" src="./app.js"></script>');
writeFileSync(
  join(project.folder, 'app.js'),
  `globalThis.ask = async (module, options) => {
    const { load } = await import(module);
    try {
      const digits = await load('mnist-lenet5', { backend: 'wasm', ...options });
      const one = { strokes: [[[50, 10], [50, 90]]] };
      const { label } = await digits.predict(one);
      await new Promise((resolve) => setTimeout(resolve, 500)); // threads start after the first answer
      await digits.predict(one);
      digits.dispose();
      return { label, threads: digits.backend.threads };
    } catch ({ code }) {
      return { code };
    }
  };`,
);

const threads = Math.min(4, availableParallelism());
const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

describe('content security policies', { timeout: 120_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch(launchOptions());
  });
  after(() => browser.close());

  /** What a page with this policy gets; errors that nobody caught fail the test. */
  async function visit(policy: string, { isolated = true, from = './', options = {} } = {}): Promise<Outcome> {
    const server = await serve({
      root: project.folder,
      isolated,
      headers: { 'Content-Security-Policy': policy },
    });
    try {
      const page = await browser.newPage();
      const troubles: string[] = [];
      page.on('pageerror', (error) => troubles.push(String(error)));
      await page.goto(`${server.url}index.html`, { waitUntil: 'load' });
      const start = performance.now();
      const outcome = await page.evaluate(`ask(${JSON.stringify(from + module)}, ${JSON.stringify(options)})`);
      assert.ok(performance.now() - start < 20_000, 'nothing was waited for in vain');
      assert.deepEqual(troubles, []);
      await page.close();
      return outcome as Outcome;
    } finally {
      await server.close();
    }
  }

  it('one that allows what the guide says is enough', async () => {
    assert.deepEqual(await visit(strict), { label: '1', threads: 1 });
    assert.deepEqual(await visit(strict, { isolated: false }), { label: '1', threads: 1 });
    assert.deepEqual(await visit(strict, { options: { worker: false } }), { label: '1', threads: 1 });
  });

  it('threads need blob: too', async () => {
    assert.deepEqual(await visit(`${strict} blob:`), { label: '1', threads });
  });

  it('from another origin they need that origin and blob:', async () => {
    const cdn = await serve({ root: project.folder, headers: { 'Access-Control-Allow-Origin': '*' } });
    try {
      const origin = new URL(cdn.url).origin;
      const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ${origin}; connect-src ${origin}; worker-src blob: ${origin}`;
      assert.deepEqual(await visit(policy, { from: cdn.url }), { label: '1', threads });
      assert.deepEqual(await visit(policy, { from: cdn.url, isolated: false }), { label: '1', threads: 1 });
    } finally {
      await cdn.close();
    }
  });

  it('without WebAssembly there is no backend', async () => {
    const policy = strict.replace(" 'wasm-unsafe-eval'", '');
    assert.deepEqual(await visit(policy), { code: 'backend-unavailable' });
    assert.deepEqual(await visit(policy, { options: { worker: false } }), { code: 'backend-unavailable' });
  });
});
