// The AssemblyScript compiler, for sources that are TypeScript to every other tool.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/**
 * TypeScript has no decorators of functions, so that the sources say `// @inline` on a line of its own, above a function
 * of which every call is to have its own copy.
 *
 * @param {string} source
 */
export function withDecorators(source) {
  return source.replaceAll(/^( *)\/\/ @inline$/gm, '$1@inline');
}

/** @param {string} file @param {string[]} flags @throws what is wrong with the sources. */
export async function compileAssembly(file, flags) {
  /** @type {Buffer[]} */
  const written = [];
  const { error, stderr } = await asc.main([file, ...flags, '--outFile=assembly.wasm'], {
    readFile: (name, folder) => readFile(join(folder, name), 'utf8').then(withDecorators, () => null),
    writeFile: (_, contents) => void written.push(Buffer.from(contents)),
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return Buffer.concat(written);
}
