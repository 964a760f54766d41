import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build as esbuild } from 'esbuild';
import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { installPacked } from './support/install.js';

const project = installPacked();
const inProject = (path: string) => join(project.folder, path);

// A user's page: one stroke, one answer, from the worker and from the page's own thread.
writeFileSync(
  inProject('app.js'),
  `import { load } from 'handful';
  globalThis.ask = async (options) => {
    const digits = await load('mnist-lenet5', { backend: 'wasm', ...options });
    const { label } = await digits.predict({ strokes: [[[50, 10], [50, 90]]] });
    digits.dispose();
    return label;
  };`,
);
writeFileSync(inProject('index.html'), '<!doctype html><script type="module" src="./app.js"></script>');

const bundlers: Record<string, (outDir: string) => Promise<unknown>> = {
  vite: (outDir) => vite({ root: project.folder, logLevel: 'warn', build: { outDir, emptyOutDir: true } }),
  webpack: (path) =>
    new Promise((resolve, reject) => {
      webpack({ mode: 'production', context: project.folder, entry: './app.js', output: { path } }, (error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString('errors-only')));
        else resolve(writeFileSync(join(path, 'index.html'), '<!doctype html><script src="./main.js"></script>'));
      });
    }),
};

describe('bundlers take the package as it is', () => {
  let browser: Browser;
  before(async () => {
    browser = await launch(launchOptions());
  });
  after(() => browser.close());

  for (const [name, bundle] of Object.entries(bundlers)) {
    it(name, { timeout: 120_000 }, async () => {
      const outDir = inProject(`out-${name}`);
      mkdirSync(outDir);
      await bundle(outDir);
      for (const isolated of [true, false]) await visit(outDir, isolated);
    });
  }

  /** Opens the user's page and asks it, as its visitor would. */
  async function visit(root: string, isolated: boolean) {
    const server = await serve({ root, isolated });
    try {
      const page = await browser.newPage();
      const troubles: string[] = [];
      page.on('pageerror', (error) => troubles.push(String(error)));
      page.on('response', (response) => {
        if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
      });
      await page.goto(`${server.url}index.html`);
      await page.waitForFunction('globalThis.ask');
      assert.equal(await page.evaluate('ask({ worker: true })'), '1');
      assert.equal(await page.evaluate('ask({ worker: false })'), '1');
      assert.deepEqual(troubles, []);
    } finally {
      await server.close();
    }
  }

  it('esbuild, which leaves assets to assetBase', async () => {
    const { outputFiles, warnings } = await bundleText("export { load } from 'handful';");
    assert.deepEqual(warnings, []);
    assert.ok(outputFiles.length > 0);
  });

  it('an import that is not used leaves nothing behind', async () => {
    const { outputFiles } = await bundleText("import { load } from 'handful'; export const answer = 42;");
    assert.ok(outputFiles[0].text.length < 200, outputFiles[0].text.slice(0, 2000));
  });
});

function bundleText(contents: string) {
  return esbuild({
    stdin: { contents, resolveDir: project.folder },
    bundle: true,
    write: false,
    format: 'esm',
    splitting: true,
    outdir: inProject('out-esbuild'),
    logLevel: 'silent',
  });
}
