// Small Rollup plugins of this build.

/** @import { Plugin } from 'rollup' */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { shortWgsl } from './wgsl.mjs';
import { nodeInside, nodeVariant, ownSource, rebaseAssets, withoutNode } from './sources.mjs';

/**
 * TypeScript without its types, file by file; `npm run lint` checks them. What several builds take is done once.
 * @returns {Plugin}
 */
export function removeTypes() {
  return {
    name: 'remove-types',
    resolveId(id, importer) {
      if (!importer || !ownSource.test(importer) || !id.startsWith('.')) return null;
      const file = join(dirname(importer), id.replace(/\.js$/, '.ts'));
      return existsSync(file) ? file : null;
    },
    transform(code, id) {
      if (!ownSource.test(id)) return null;
      const script = withoutTypes.get(code) ?? ts.transpileModule(code, { compilerOptions }).outputText;
      withoutTypes.set(code, script);
      return { code: script, map: null };
    },
  };
}

/** Scripts by their sources. @type {Map<string, string>} */
const withoutTypes = new Map();
const { config } = ts.readConfigFile('tsconfig.json', (file) => readFileSync(file, 'utf8'));
const { options: compilerOptions } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');

/** For pages and workers: tfjs without its code for Node. @returns {Plugin} */
export function browserOnly() {
  return {
    name: 'browser-only',
    transform: (code, id) => (nodeInside.test(id) ? { code: withoutNode(code, id), map: null } : null),
  };
}

/** For chunks in a folder below dist/: `./x` becomes `../x`. @returns {Plugin} */
export function oneFolderDown() {
  return {
    name: 'one-folder-down',
    transform: (code, id) =>
      ownSource.test(id) ? { code: rebaseAssets(code, (path) => `../${path.replace(/^\.\//, '')}`), map: null } : null,
  };
}

/**
 * A module that is not there on this platform: importing it fails, at run time and only if it is reached.
 * @param {string} name @param {string} reason
 * @returns {Plugin}
 */
export function absent(name, reason) {
  const stub = `\0absent:${name}`;
  return {
    name: 'absent',
    resolveId: (id) => (id === name || id.startsWith(`${name}/`) ? { id: stub, syntheticNamedExports: true } : null),
    load: (id) => (id === stub ? `throw new Error(${JSON.stringify(reason)}); export default {};` : null),
  };
}

/** Style sheets of elements without the spaces that are there for people. @returns {Plugin} */
export function shortStyles() {
  return {
    name: 'short-styles',
    transform: (code, id) =>
      /elements[\\/].*styles\.ts$/.test(id)
        ? {
            code: code.replace(/`[^`]*`/g, (css) => css.replace(/\s*([{};])\s*/g, '$1').replace(/: /g, ':')),
            map: null,
          }
        : null,
  };
}

/** Shaders as `shortWgsl` makes them; after types are removed, since it wants a tree of JavaScript. @returns {Plugin} */
export function shortShaders() {
  return {
    name: 'short-shaders',
    transform(code, id) {
      if (!/webgpu[\\/]engine[\\/](kernels[\\/]\w|shader\.)/.test(id)) return null;
      /** @type {{ start: number, end: number }[]} */
      const texts = [];
      const walk = (/** @type {unknown} */ node) => {
        if (typeof node !== 'object' || node === null) return;
        if ('type' in node && node.type === 'TemplateElement' && 'start' in node && 'end' in node)
          texts.push({ start: Number(node.start), end: Number(node.end) });
        Object.values(node).forEach(walk);
      };
      walk(this.parse(code));
      for (const { start, end } of texts.sort((a, b) => b.start - a.start)) {
        code = code.slice(0, start) + shortWgsl(code.slice(start, end)) + code.slice(end);
      }
      return { code, map: null };
    },
  };
}

/** Puts the files of a folder beside the build's own. @param {string} folder @returns {Plugin} */
export function withFiles(folder) {
  return {
    name: 'with-files',
    generateBundle() {
      for (const fileName of readdirSync(folder))
        this.emitFile({ type: 'asset', fileName, source: readFileSync(`${folder}/${fileName}`, 'utf8') });
    },
  };
}

/** For Node: modules that have a `.node.ts` beside them are replaced by it. @returns {Plugin} */
export function forNode() {
  return { name: 'for-node', resolveId: (id, importer) => importer && nodeVariant(id, dirname(importer)) };
}

/**
 * For declarations: a platform's classes, by name, where the compiler has their types, and else something that nobody has.
 * So a project for Node or a worker compiles without the DOM's types.
 * @returns {Plugin}
 */
export function anyPlatform() {
  const names =
    /\b(?:AbortSignal|Blob|File|HTMLCanvasElement|HTMLImageElement|HTMLVideoElement|ImageBitmap|ImageData|OffscreenCanvas|URL|Worker)\b/g;
  return {
    name: 'any-platform',
    renderChunk(code) {
      const text = code.replace(/\/\*[^]*?\*\//g, ''); // without comments
      const used = [...new Set(text.match(names))].sort();
      if (used.length === 0) return null;
      const aliases = used.map((name) => `type ${name} = Platform<'${name}'>;`);
      const platform = `type Platform<Name extends string> = typeof globalThis extends { [N in Name]: { prototype: infer T } }
  ? T
  : { readonly absent: Name };`;
      return { code: `${platform}\n${aliases.join('\n')}\n\n${code}`, map: null };
    },
  };
}

/**
 * Puts a finished build in its place at once, so that a failed build leaves the last one whole.
 * @param {string} from @param {string} to
 * @returns {Plugin}
 */
export function moveInto(from, to) {
  return {
    name: 'move-into',
    closeBundle() {
      const old = `${from}.old`;
      if (existsSync(to)) renameSync(to, old);
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
      rmSync(old, { recursive: true, force: true });
    },
  };
}
