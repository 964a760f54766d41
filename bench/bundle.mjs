// Bundles what runs in the browser's workers, from this project's sources and from the peers' packages.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { assemblyForEsbuild } from '../scripts/build/assembly.mjs';
import { nodeInside, ownSource, rebaseAssets, withoutNode } from '../scripts/build/sources.mjs';

const out = 'bench/dist';
const tfjsFiles = '/node_modules/@tensorflow/tfjs-backend-wasm/dist/';

/** @import { BuildOptions, Plugin } from 'esbuild' */

/** @type {Plugin} */
const sources = {
  name: 'sources',
  setup(build) {
    build.onLoad({ filter: nodeInside }, async ({ path }) => ({
      contents: withoutNode(await readFile(path, 'utf8'), path),
    }));
    build.onLoad({ filter: ownSource }, async ({ path }) => ({
      contents: rebaseAssets(await readFile(path, 'utf8'), (file) => tfjsFiles + file),
      loader: 'ts',
      resolveDir: dirname(path),
    }));
  },
};

/** @satisfies {BuildOptions} */
const options = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'error',
  ignoreAnnotations: true, // stock tfjs registers its kernels by imports alone
};

/**
 * Bundles `subjects/<name>.ts` as a worker.
 * @param {string} name
 * @returns the path of a page that starts it, with the query it is given.
 */
export async function bundleWorker(name) {
  await build({
    ...options,
    entryPoints: [`bench/subjects/${name}.ts`],
    outfile: `${out}/${name}.js`,
    minify: true,
    mainFields: ['browser', 'module', 'main'],
    // onnxruntime's threads start from its own file, not from a copy of it inside the bundle.
    conditions: ['onnxruntime-web-use-extern-wasm', 'browser', 'module'],
    plugins: [assemblyForEsbuild({ debug: false }), sources],
  });
  const script = `new Worker('${name}.js' + location.search, { type: 'module' })`;
  await writeFile(`${out}/${name}.html`, `<!doctype html><script type="module">${script};</script>`);
  return `${out}/${name}.html`;
}

/** The work itself, for Node. @returns {Promise<typeof import('./subjects/work.js')>} */
export async function importWork() {
  const outfile = `${out}/work.mjs`;
  await build({ ...options, entryPoints: ['bench/subjects/work.ts'], outfile, platform: 'node' });
  return import(pathToFileURL(resolve(outfile)).href);
}
