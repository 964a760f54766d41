// A static server: `npm start` for the demos, or `serve()` in tests. Cross-origin isolated, so that WASM may use threads.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

/** @import { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http' */

/** @type {Record<string, string>} */
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.safetensors': 'application/octet-stream',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Files whose name tells their content. */
const hashed = /[\\/]assets[\\/][^\\/]+[-.][\w-]{8}\.\w+$/;

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * The file that a request means, below `root`; undefined if there is none. Hidden files stay hidden.
 *
 * @param {string} root @param {string} pathname
 */
function findFile(root, pathname) {
  const path = resolve(root, `.${decodeURIComponent(pathname)}`);
  if (path !== root && !path.startsWith(root + sep)) return undefined;
  if (
    path
      .slice(root.length)
      .split(sep)
      .some((part) => part.startsWith('.'))
  )
    return undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return path;
  const index = join(path, 'index.html');
  return stats?.isDirectory() && statSync(index, { throwIfNoEntry: false })?.isFile() ? index : undefined;
}

/**
 * @param {string} root @param {OutgoingHttpHeaders} headers
 * @param {IncomingMessage} request @param {ServerResponse} response
 */
function answer(root, headers, request, response) {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/' && !existsSync(join(root, 'index.html')))
    return response.writeHead(302, { Location: '/demos/' }).end();
  if (pathname === '/favicon.ico') return response.writeHead(204, headers).end(); // browsers ask unasked
  let file;
  try {
    file = findFile(root, pathname);
  } catch {
    return response.writeHead(400, headers).end('Bad request\n');
  }
  if (!file)
    return response.writeHead(404, { ...headers, 'Content-Type': types['.txt'] }).end(`Not found: ${pathname}\n`);
  // Relative links of an index.html hold only below a slash.
  if (file.endsWith(`${sep}index.html`) && !/(\/|\.html)$/.test(pathname)) {
    return response.writeHead(302, { Location: `${pathname}/${search}` }).end();
  }
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && !/\.(png|ico)$/.test(file);
  response.writeHead(200, {
    ...headers,
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Cache-Control': hashed.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(zipped ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': statSync(file).size }),
  });
  if (request.method === 'HEAD') return response.end();
  const stream = createReadStream(file).on('error', () => response.destroy());
  (zipped ? stream.pipe(createGzip({ level: 4 })) : stream).pipe(response);
}

/**
 * Serves a folder; a taken port gives way to any free one.
 *
 * @param {object} [options]
 * @param {string} [options.root]
 * @param {number} [options.port]
 * @param {string} [options.host]
 * @param {boolean} [options.isolated]
 * @param {OutgoingHttpHeaders} [options.headers]
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ root = projectRoot, port = 0, host = 'localhost', isolated = true, headers = {} } = {}) {
  const server = createServer(answer.bind(null, resolve(root), { ...(isolated && isolationHeaders), ...headers }));
  /** @param {number} at @returns {Promise<void>} */
  const listen = (at) => new Promise((done, fail) => server.once('error', fail).listen(at, host, done));
  await listen(port).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return listen(0);
  });
  return {
    url: `http://localhost:${portOf(server)}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Where a server listens. @param {import('node:net').Server} server */
export function portOf(server) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port.');
  return address.port;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve({ root: 'site', port: Number(process.env.PORT ?? 8000) });
  console.log(`handful's demos: ${url}demos/  (stop with Ctrl+C)`);
}
