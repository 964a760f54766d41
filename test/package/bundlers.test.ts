import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { installPacked } from './support/install.js';

const project = installPacked();
const inProject = (path: string) => join(project.folder, path);

// A user's page: one stroke, one answer. Where a bundler copies no files, the page says where they are.
writeFileSync(
  inProject('app.js'),
  `import { load } from 'handful';
  globalThis.ask = async (options) => {
    const digits = await load('mnist-lenet5', { backend: 'wasm', ...globalThis.places, ...options });
    const { label } = await digits.predict({ strokes: [[[50, 10], [50, 90]]] });
    const { name, threads } = digits.backend;
    digits.dispose();
    return { label, name, threads };
  };`,
);
writeFileSync(
  inProject('copied.js'),
  `globalThis.places = {
    assetBase: './handful/',
    worker: () => new Worker('./handful/dist/handful.worker.js', { type: 'module' }),
  };
  import('./app.js');`,
);
const html = (script: string) => `<!doctype html><script type="module" src="./${script}"></script>`;
writeFileSync(inProject('index.html'), html('app.js'));

function copyFiles(outDir: string) {
  for (const folder of ['dist', 'pretrained'])
    cpSync(join(project.handful, folder), join(outDir, 'handful', folder), { recursive: true });
  writeFileSync(join(outDir, 'index.html'), html('copied.js'));
}

// As the guide has it.
const bundlers: Record<string, (outDir: string) => Promise<unknown>> = {
  vite: (outDir) =>
    vite({ root: project.folder, logLevel: 'warn', worker: { format: 'es' }, build: { outDir, emptyOutDir: true } }),
  webpack: (path) =>
    new Promise((resolve, reject) => {
      webpack({ mode: 'production', context: project.folder, entry: './app.js', output: { path } }, (error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString('errors-only')));
        else resolve(writeFileSync(join(path, 'index.html'), html('main.js')));
      });
    }),
  esbuild: (outdir) => bundleByEsbuild(outdir),
  rollup: async (dir) => {
    copyFiles(dir);
    const bundle = await rollup({ input: inProject('copied.js'), plugins: [nodeResolve({ browser: true })] });
    await bundle.write({ dir, format: 'es' });
  },
};

/** With the worker bundled too. */
async function bundleByEsbuild(outdir: string, more: BuildOptions = {}) {
  copyFiles(outdir);
  const options: BuildOptions = { bundle: true, splitting: true, format: 'esm', outdir, ...more };
  await esbuild({ ...options, entryPoints: ['copied.js'], absWorkingDir: project.folder });
  const worker = { in: join(project.handful, 'dist/handful.worker.js'), out: 'handful/dist/handful.worker' };
  await esbuild({ ...options, entryPoints: [worker] });
}

const threads = Math.min(4, availableParallelism());

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
      assertApart(outDir);
      await visit(outDir, { isolated: true, threads });
      await visit(outDir, { isolated: false, threads: 1 });
    });
  }

  it('esbuild, keeping names, though threads are made from the text of a function', { timeout: 120_000 }, async () => {
    const outDir = inProject('out-names');
    await bundleByEsbuild(outDir, { keepNames: true });
    await visit(outDir, { isolated: true, threads });
  });

  /** WebGPU has to be in chunks of its own, which those who compute on WASM do not load. */
  function assertApart(outDir: string) {
    const files = readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    const having = (what: string) => files.filter((file) => readFileSync(join(outDir, file), 'utf8').includes(what));
    const [shaders, kernels] = [having('@workgroup_size'), having('0061736d01')]; // a WASM binary's first bytes
    assert.ok(shaders.length > 0 && kernels.length > 0);
    for (const file of shaders) assert.ok(!kernels.includes(file), `${file} has both`);
  }

  /** Opens the user's page and asks it, as its visitor would. */
  async function visit(root: string, { isolated, threads }: { isolated: boolean; threads: number }) {
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
      const wasm = { label: '1', name: 'wasm' };
      assert.deepEqual(await page.evaluate('ask({})'), { ...wasm, threads });
      assert.deepEqual(await page.evaluate('ask({ worker: false })'), { ...wasm, threads: 1 });
      const { label, name } = (await page.evaluate("ask({ backend: 'webgpu' })")) as Record<string, string>;
      assert.deepEqual({ label, name }, { label: '1', name: 'webgpu' });
      assert.deepEqual(troubles, []);
      await page.close();
    } finally {
      await server.close();
    }
  }

  it('an import that is not used leaves nothing behind', async () => {
    const { outputFiles, warnings } = await esbuild({
      stdin: { contents: "import { load } from 'handful'; export const answer = 42;", resolveDir: project.folder },
      bundle: true,
      write: false,
      format: 'esm',
    });
    assert.deepEqual(warnings, []);
    const text = outputFiles.map((file) => file.text).join('');
    assert.ok(text.length < 200, text.slice(0, 2000));
  });
});
