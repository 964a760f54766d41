// What the demo pages say (demos/words/), a file for each language: messages are compiled to functions, and pages are filled
// with the English ones, which a script in their head replaces (demos/shared/language.js).
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import MessageFormat from '@messageformat/core';
import compileModule from '@messageformat/core/lib/compile-module.js';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../../demos/words', import.meta.url));

/** @typedef {{ [key: string]: string | Messages }} Messages */

/**
 * All languages, English first.
 * @returns {Promise<{ lang: string, name: string, dir: string, file: string, code: string }[]>} `file` is a path in the app, by content.
 */
export async function languages() {
  const names = readdirSync(folder).flatMap((file) => (/^[a-z]+\.js$/.test(file) ? [basename(file, '.js')] : []));
  const all = names.map(async (lang) => {
    const words = await wordsOf(lang);
    const code = await compiled(words);
    const hash = createHash('sha256').update(code).digest('base64url').slice(0, 8);
    const [name, dir] = [textAt(words, 'about.name'), textAt(words, 'about.dir')];
    return { lang, name, dir, file: `assets/words-${lang}-${hash}.js`, code };
  });
  return (await Promise.all(all)).sort((a, b) => Number(b.lang === 'en') - Number(a.lang === 'en'));
}

/** A language's messages as they are written. @param {string} lang @returns {Promise<Messages>} */
export async function wordsOf(lang) {
  return (await import(pathToFileURL(resolve(folder, `${lang}.js`)).href)).default;
}

/**
 * Puts words into a page: `data-say="room.key"` fills an empty element, `data-say-title="room.key"` sets its `title`.
 * @param {string} html @param {Messages} words
 */
export function filled(html, words) {
  const quoted = (/** @type {string} */ key) => textAt(words, key).replaceAll('"', '&quot;');
  return html
    .replaceAll(/ data-say-([\w-]+)="([\w.]+)"/g, (all, name, key) => `${all} ${name}="${quoted(key)}"`)
    .replaceAll(/(\sdata-say="([\w.]+)"[^>]*>)\s*(?=<\/)/g, (_, tag, key) => tag + textAt(words, key));
}

/** @param {Messages} words @param {string} path @returns {string} */
function textAt(words, path) {
  /** @type {string | Messages | undefined} */
  let found = words;
  for (const key of path.split('.')) found = typeof found === 'object' ? found[key] : undefined;
  if (typeof found !== 'string') throw new Error(`There are no words “${path}”.`);
  return found;
}

/** A module of words, and functions where they take values. It needs no other. @param {Messages} words */
async function compiled(words) {
  const format = new MessageFormat(textAt(words, 'about.tag'), { returnType: 'string' });
  const contents = compileModule(format, words).replaceAll(/\(\) => (?=")/g, '');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    write: false,
  });
  return outputFiles[0].text;
}
