// Bundles the tests, and the sources they import, with esbuild.
import { readFile, rm } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { assemblyForEsbuild } from '../build/assembly.mjs';
import { nodeInside, nodeVariant, ownSource, rebaseAssets, withoutNode } from '../build/sources.mjs';

const testSource = /[\\/]test[\\/].*\.ts$/;

/** tfjs uses `require` and `__dirname` where it runs in Node, and ES modules have neither. */
const requireBanner = `import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __fileURLToPath(new URL('.', import.meta.url));`;

/** @satisfies {BuildOptions} */
const shared = {
  bundle: true,
  splitting: true,
  format: 'esm',
  sourcemap: 'linked',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
  mainFields: ['module', 'main'],
};

/** @import { BuildOptions, Plugin } from 'esbuild' */

/**
 * For Node: packages stay outside, but for tfjs, whose ES modules Node cannot load as they are.
 *
 * @param {string[]} files @param {string} outdir
 */
export async function bundleForNode(files, outdir) {
  /** @type {Plugin} */
  const external = {
    name: 'external',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind === 'entry-point' || path.startsWith('@tensorflow/') ? undefined : { path, external: true },
      );
      build.onResolve({ filter: /^\..*\.mjs$/ }, ({ path, resolveDir }) => ({
        path: pathToFileURL(resolve(resolveDir, path)).href, // the project's scripts, which know where they lie
        external: true,
      }));
      build.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
        const variant = nodeVariant(path, resolveDir);
        return variant ? { path: variant } : undefined;
      });
    },
  };
  return bundle({
    ...shared,
    entryPoints: files,
    outdir,
    platform: 'node',
    target: 'node20',
    banner: { js: requireBanner },
    plugins: [assemblyForEsbuild({ debug: true }), external, assets(pathToFileURL('./').href)],
  });
}

/**
 * For browsers: everything inside, but for `handful`, which is the built package.
 *
 * @param {string[]} files @param {string} outdir
 */
export async function bundleForBrowsers(files, outdir) {
  /** @type {Plugin} */
  const handful = {
    name: 'handful',
    setup(build) {
      build.onResolve({ filter: /^handful(\/|$)/ }, ({ path }) => ({
        path: path === 'handful' ? '/dist/index.js' : path.replace('handful', '/dist') + '.js',
        external: true,
      }));
      build.onResolve({ filter: /^\/__web-dev-server/ }, () => ({ external: true })); // the runner's own, for its commands
      build.onLoad({ filter: nodeInside }, async ({ path }) => ({
        contents: withoutNode(await readFile(path, 'utf8'), path),
      }));
    },
  };
  return bundle({
    ...shared,
    entryPoints: files,
    outdir,
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    target: 'es2022',
    plugins: [assemblyForEsbuild({ debug: true }), handful, assets('/')],
  });
}

/**
 * Addresses like `new URL('./file', import.meta.url)`: in sources they lie in dist/, in tests beside the test.
 * @param {string} root Where the project's root is at run time.
 * @returns {Plugin}
 */
function assets(root) {
  return {
    name: 'assets',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        const own = relative('.', dirname(file)).replaceAll('\\', '/');
        const folder = testSource.test(file) ? own : ownSource.test(file) ? 'dist' : undefined;
        if (folder === undefined) return undefined;
        const place = (/** @type {string} */ path) => `${root}${folder}/${path}`;
        return { contents: rebaseAssets(await readFile(file, 'utf8'), place), loader: 'ts', resolveDir: dirname(file) };
      });
    },
  };
}

/** @param {BuildOptions & { entryPoints: string[], outdir: string }} options @returns the files made of the entries */
async function bundle(options) {
  await rm(options.outdir, { recursive: true, force: true });
  const { metafile } = await build({ ...options, outbase: 'test', metafile: true });
  return Object.entries(metafile.outputs)
    .filter(([, { entryPoint = '' }]) => options.entryPoints.includes(entryPoint))
    .map(([file]) => file);
}
