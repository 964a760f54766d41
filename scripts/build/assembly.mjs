// Compiles src/backends/wasm/assembly, the WASM kernels, for Rollup (dist/) and esbuild (tests, benchmark).
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileAssembly, withDecorators } from './asc.mjs';

const folder = 'src/backends/wasm/assembly';
const module = /[\\/]assembly[\\/](?:(\w+)\.)?binaries\.js$/;
const { version } = createRequire(import.meta.url)('assemblyscript/package.json');

const MOST_BYTES = 46_000; // of one variant in the release

// The variants lie side by side in pieces and in hexadecimal, which keeps bytes whole: so gzip, which looks back 32 KiB,
// finds what they have in common.
const PIECE = 4096;

/**
 * The module `assembly/<name>.binaries.js`, as source text: what `assembly/<name>.ts` exports, compiled. Without a name it
 * is that of `index.ts`.
 * @param {string} id
 * @param {boolean} debug With alignment and bounds asserted.
 */
async function binaries(id, debug) {
  const name = module.exec(id)?.[1] ?? 'index';
  const simd = await compile(name, 'simd', debug);
  const relaxed = await compile(name, 'relaxed', debug);
  const longest = Math.max(simd.length, relaxed.length);
  if (!debug && longest > MOST_BYTES)
    throw new Error(`The kernels of ${name}.ts have ${longest} bytes; ${MOST_BYTES} are allowed.`);
  const pieces = [];
  for (let at = 0; at < longest; at += PIECE) {
    const [one, other] = [simd, relaxed].map((binary) => binary.subarray(at, at + PIECE).toString('hex'));
    pieces.push({ simd: one, relaxed: other });
  }
  return `export const binaries = ${JSON.stringify(pieces)};`;
}

/**
 * One variant; kept in .cache/ under a hash of all that it depends on.
 * @param {string} name @param {'simd' | 'relaxed'} variant @param {boolean} debug
 */
async function compile(name, variant, debug) {
  const flags = [
    '-O3',
    '--shrinkLevel=1', // a quarter smaller, as fast
    '--enable=simd',
    '--runtime=stub',
    '--importMemory',
    '--noExportMemory',
    '--initialMemory=1',
    '--use=abort=', // a failed assertion traps
    '--disableWarning=112', // v128 parameters are of functions inside
    ...(debug ? [] : ['--noAssert']),
    ...(variant === 'relaxed' ? ['--enable=relaxed-simd'] : []),
  ];
  const hash = createHash('sha256').update(version).update(flags.join(' '));
  for (const file of (await readdir(folder)).sort())
    if (/\.ts$/.test(file) && !/\.d\.ts$/.test(file))
      hash.update(withDecorators(await readFile(join(folder, file), 'utf8')));
  const kept = `.cache/assembly/${name}-${variant}${debug ? '-debug' : ''}-${hash.digest('hex').slice(0, 16)}.wasm`;
  const found = await readFile(kept).catch(() => undefined);
  if (found) return found;
  const binary = await compileAssembly(`${folder}/${name}.ts`, flags);
  await mkdir('.cache/assembly', { recursive: true });
  await writeFile(kept, binary);
  return binary;
}

/** For Rollup. @returns {import('rollup').Plugin} */
export function assembly() {
  return {
    name: 'assembly',
    resolveId: (id) => (module.test(id) ? `\0${id}` : null),
    load: (id) => (module.test(id) ? binaries(id, false) : null),
  };
}

/**
 * For esbuild: the debug build in tests, the release in the benchmark.
 * @param {{ debug: boolean }} options
 * @returns {import('esbuild').Plugin}
 */
export function assemblyForEsbuild({ debug }) {
  return {
    name: 'assembly',
    setup(build) {
      build.onResolve({ filter: module }, ({ path }) => ({ path, namespace: 'assembly' }));
      build.onLoad({ filter: /.*/, namespace: 'assembly' }, async ({ path }) => ({
        contents: await binaries(path, debug),
      }));
    },
  };
}
