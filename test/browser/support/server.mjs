// What the browser tests' server answers besides files, all below /test-server/:
//   404/…       always 404, so it serves as an `assetBase` where nothing is
//   500/…       always 500
//   html/…      200 and a web page, as single-page apps answer for what they lack
//   slow/PATH   the file at PATH, over ten seconds
//   gone/PATH   the file at PATH, but 404 for what is loaded when it is used, as after a redeploy
//   cut/PATH    the first half of the file at PATH, and then the connection breaks
import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {NonNullable<import('@web/test-runner').TestRunnerConfig['middleware']>[number]} Middleware of Koa's */

/** For @web/test-runner. @param {Parameters<Middleware>[0]} context @param {Parameters<Middleware>[1]} next */
export async function testServer(context, next) {
  const [, kind, path] = /^\/test-server\/(\w+)\/?(.*)$/.exec(context.path) ?? [];
  if (!kind) return next();
  context.set('Cache-Control', 'no-store');
  if (kind === '404' || kind === '500' || (kind === 'gone' && /\.chunk\.js$|\/here\//.test(path))) {
    context.status = kind === '500' ? 500 : 404;
    context.body = `${kind}\n`;
  } else if (kind === 'html') {
    context.type = 'html';
    context.body = '<!doctype html><title>Not what you want</title>';
  } else if (kind === 'gone') {
    context.type = 'text/javascript';
    context.body = await readFile(inProject(path));
  } else if (kind === 'slow' || kind === 'cut') {
    const bytes = await readFile(inProject(path));
    context.type = 'application/octet-stream';
    context.length = bytes.length;
    context.body = Readable.from(kind === 'slow' ? slowly(bytes) : half(bytes, context.res));
  } else {
    context.status = 400;
    context.body = `No such answer: ${kind}\n`;
  }
}

/** @param {string} path */
function inProject(path) {
  const file = join(process.cwd(), path);
  if (!resolve(file).startsWith(process.cwd() + sep)) throw new Error(`Outside of the project: ${path}`);
  return file;
}

/** @param {Buffer} bytes */
async function* slowly(bytes, steps = 100) {
  const size = Math.ceil(bytes.length / steps);
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
    await sleep(100);
  }
}

/** @param {Buffer} bytes @param {import('node:http').ServerResponse} response */
async function* half(bytes, response) {
  yield bytes.subarray(0, bytes.length >> 1);
  await sleep(100);
  response.destroy();
}
