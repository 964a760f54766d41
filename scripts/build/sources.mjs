// Changes to source text that Rollup's build (dist/) and esbuild's (the tests, the benchmark) need.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** TypeScript of this project. */
export const ownSource = /[\\/]src[\\/].*\.ts$/;

/** Parts of tfjs with code for Node, which pages do without: platform, files and, in tests, emscripten's glue. */
export const nodeInside = /@tensorflow[\\/].*[\\/](wasm-out[\\/]tfjs-backend-wasm.*|platform_node|io_utils)\.js$/;

/**
 * One of the files that `nodeInside` matches, as pages and workers want it.
 *
 * @param {string} code @param {string} file
 */
export function withoutNode(code, file) {
  if (file.endsWith('platform_node.js')) return '';
  if (file.endsWith('io_utils.js')) return withoutBuffer(code);
  return pureGlue(code);
}

/** Without Node's Buffer, which some bundlers take for the wish for a package that stands in. @param {string} code */
function withoutBuffer(code) {
  return code.replace(/(const useNodeBuffer =)[^;]+;/, '$1 false;');
}

/**
 * Emscripten's glue for pages and workers. Without its Node branches, so that no bundler meets `require('fs')`; and with
 * nothing but globals free in its functions, because tfjs starts its threads from the text of one of them, where a
 * module's variables do not exist: the flag and the script's folder (unknown to modules anyway) become constants.
 *
 * @param {string} code
 */
function pureGlue(code) {
  return code
    .replace(/var ENVIRONMENT_IS_NODE=[^;]+;/g, '')
    .replace(/\bENVIRONMENT_IS_NODE\b/g, 'false')
    .replace(/if\(false\)\{var nodeWorkerThreads=.*?\}\}\)\}(?=var initializedJS)/, '') // in the threads' own script
    .replace(/^ *(var _scriptDir = |if \(typeof __filename).*$/gm, '')
    .replace(/\b_scriptDir\b/g, 'undefined');
}

/**
 * Points `new URL('./file', import.meta.url)` elsewhere: `place` is given the path relative to dist/ and returns the
 * new path or URL. Sources write such addresses as they hold for a chunk that lies flat in dist/.
 *
 * @param {string} code
 * @param {(path: string) => string} place
 */
export function rebaseAssets(code, place) {
  return code.replace(
    /(new URL\(\s*)(['"`])(\.\.?\/[^'"`]*)\2(\s*,\s*import\.meta\.url)/g,
    (/** @type {string} */ _, open, quote, path, rest) => `${open}${quote}${place(path)}${quote}${rest}`,
  );
}

/**
 * The source that takes a module's place in Node, if there is one: `base.node.ts` for an import of `./base.js`.
 * @param {string} id
 * @param {string} folder Of the file that imports.
 */
export function nodeVariant(id, folder) {
  const file = join(folder, id.replace(/\.js$/, '.node.ts'));
  return id.startsWith('.') && existsSync(file) ? file : undefined;
}
