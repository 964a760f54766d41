// The subjects, each as `{ name, version, round(row, calls) }` with milliseconds a call.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import { assemblyForEsbuild } from '../scripts/build/assembly.mjs';
import { nodeInside, ownSource, rebaseAssets, withoutNode } from '../scripts/build/sources.mjs';

const out = 'bench/dist';

/** Bundles a page's script and writes the page. */
async function bundle(name) {
  const sources = {
    name: 'sources',
    setup(build) {
      build.onLoad({ filter: nodeInside }, async ({ path }) => ({
        contents: withoutNode(await readFile(path, 'utf8'), path),
      }));
      build.onLoad({ filter: ownSource }, async ({ path }) => ({
        contents: rebaseAssets(await readFile(path, 'utf8'), (file) => `/node_modules/@tensorflow/tfjs-backend-wasm/dist/${file}`), // prettier-ignore
        loader: 'ts',
        resolveDir: dirname(path),
      }));
    },
  };
  await build({
    entryPoints: [`bench/subjects/${name}.ts`],
    outfile: `${out}/${name}.js`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'error',
    ignoreAnnotations: true, // stock tfjs registers its kernels by imports alone
    mainFields: ['browser', 'module', 'main'],
    plugins: [assemblyForEsbuild({ debug: false }), sources],
  });
  await writeFile(`${out}/${name}.html`, `<!doctype html><script type="module" src="${name}.js"></script>`);
}

/** A subject in a page of its own. */
export async function inPage(browser, url, name, { script, version }) {
  await mkdir(out, { recursive: true });
  await bundle(script);
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error}`));
  await page.goto(`${url}${out}/${script}.html`);
  await page.waitForFunction(() => 'round' in globalThis, { timeout: 60_000 });
  return {
    name,
    version,
    page,
    round: (row, calls) => page.evaluate((row, calls) => globalThis.round(row, calls), row, calls),
  };
}

/** PyTorch, if this machine has it for /usr/bin/python3 or PYTHON; undefined otherwise. */
export async function pytorch() {
  const python = process.env.PYTHON ?? '/usr/bin/python3';
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const child = spawn(python, ['bench/subjects/pytorch.py'], { stdio: ['pipe', 'pipe', 'ignore'], env });
  child.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  if (!value?.startsWith('ready')) return undefined;
  return {
    name: 'pytorch-1',
    version: value.split(' ')[1],
    async round(row, calls) {
      child.stdin.write(`${row} ${calls}\n`);
      return Number((await lines.next()).value);
    },
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** GFLOP/s of the SIMD peak in a page: `peak('relaxed')` with fused multiply-add, `peak('simd')` without. */
export async function simdPeak(page) {
  for (const kind of ['simd', 'relaxed']) {
    let binary;
    const flags = kind === 'relaxed' ? ['--enable=simd', '--enable=relaxed-simd'] : ['--enable=simd'];
    const { error, stderr } = await asc.main(
      ['bench/subjects/peak.as.ts', '-O3', '--runtime=stub', '--disableWarning=112', '--outFile=peak.wasm', ...flags],
      { writeFile: (_, contents) => void (binary = contents) },
    );
    if (error) throw new Error(`${error.message}\n${stderr}`);
    await page.evaluate(
      async (kind, base64) => {
        const { instance } = await WebAssembly.instantiate(
          Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)),
          {
            env: { abort() {} },
          },
        );
        (globalThis.peaks ??= {})[kind] = instance.exports.turns;
        instance.exports.turns(1e5);
      },
      kind,
      Buffer.from(binary).toString('base64'),
    );
  }
  return (kind) =>
    page.evaluate((kind) => {
      const turns = 4e5;
      const start = performance.now();
      globalThis.peaks[kind](turns);
      return (turns * 80) / (performance.now() - start) / 1e6;
    }, kind);
}
