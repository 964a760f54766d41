import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assetUrl, download, request } from '../../src/assets.js';

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

async function* inPieces(bytes: Uint8Array, pieces: number): AsyncGenerator<Uint8Array> {
  const size = bytes.length / pieces;
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
    await sleep(150);
  }
}

describe('the address of an asset', () => {
  const bundled = new URL('https://host/dist/file.wasm');
  it('is where the bundler put it, or below the base, with or without its last slash', () => {
    assert.equal(assetUrl('file.wasm', bundled), bundled);
    assert.equal(assetUrl('a/b.bin', bundled, 'https://cdn/x').href, 'https://cdn/x/a/b.bin');
    assert.equal(assetUrl('a/b.bin', bundled, 'https://cdn/x/').href, 'https://cdn/x/a/b.bin');
    assert.equal(assetUrl('a.bin', bundled, 'file:///folder').href, 'file:///folder/a.bin');
  });
  it('has to have an absolute base', () => {
    for (const base of ['', 'assets', '/assets', 'https://'])
      assert.throws(() => assetUrl('a', bundled, base), { code: 'bad-argument', message: new RegExp(`'${base}'`) });
  });
});

describe('downloads', () => {
  let server: Server;
  let base: string;
  const open = new Set<() => void>(); // answers that wait for the end of the test
  before(async () => {
    server = createServer(({ url }, response) => {
      switch (url) {
        case '/file':
          return response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
        case '/unsized':
          return response.writeHead(200, { 'Transfer-Encoding': 'chunked' }).end(bytes);
        case '/zipped': {
          const zipped = gzipSync(bytes);
          return response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': zipped.length }).end(zipped);
        }
        case '/cut':
          response.writeHead(200, { 'Content-Length': bytes.length });
          return response.write(bytes.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
        case '/hangs':
          open.add(() => response.destroy());
          return undefined;
        case '/stalls':
          response.writeHead(200, { 'Content-Length': bytes.length });
          open.add(() => response.destroy());
          return response.write(bytes.subarray(0, 50_000));
        case '/slow':
          return void Readable.from(inPieces(bytes, 10)).pipe(response);
        case '/gone':
          return response.writeHead(410).end();
        case '/broken':
          return response.writeHead(503, 'Service Unavailable').end('<h1>sorry</h1>');
        case '/reset':
          return response.destroy();
        default:
          return response.writeHead(404).end('<h1>not here</h1>');
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    for (const end of open) end();
    server.closeAllConnections();
    server.close();
  });
  const at = (path: string) => new URL(path, base);

  /** A file's fractions of progress, which never fall and stay between 0 and 1. */
  async function fractionsOf(path: string): Promise<number[]> {
    const fractions: number[] = [];
    assert.deepEqual(await download(at(path), { onProgress: (fraction) => fractions.push(fraction) }), bytes);
    assert.ok(fractions.length > 0, path);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
      path,
    );
    assert.ok(
      fractions.every((fraction) => fraction > 0 && fraction <= 1),
      `${path}: ${fractions}`,
    );
    return fractions;
  }

  it('brings a file whole, with or without progress', async () => {
    assert.deepEqual(await download(at('/file')), bytes);
    const fractions = await fractionsOf('/file');
    assert.equal(fractions.at(-1), 1);
    assert.equal(new Set(fractions).size, fractions.length);
  });

  it('stops where a file is too large, as soon as that is known', async () => {
    for (const path of ['/file', '/unsized', '/zipped']) {
      const message = new RegExp(`${path} has \\d+ bytes or more; expected at most 200\\.`);
      await assert.rejects(download(at(path), { most: 200 }), { name: 'HandfulError', code: 'bad-model', message });
      assert.deepEqual(await download(at(path), { most: bytes.length }), bytes);
    }
  });

  it('moves without promising an end that it does not know', async () => {
    for (const path of ['/unsized', '/zipped']) {
      const fractions = await fractionsOf(path);
      assert.equal(new Set(fractions).size, fractions.length, path);
      assert.ok(fractions.at(-1)! < 1, path);
    }
  });

  it('never passes 1 where a server hides that it compresses', async () => {
    const { fetch } = globalThis;
    globalThis.fetch = async (...request) => {
      const response = await fetch(...request);
      const headers = new Headers(response.headers);
      headers.delete('content-encoding');
      return new Response(response.body, { headers });
    };
    try {
      assert.equal((await fractionsOf('/zipped')).at(-1), 1);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  it('gives up what has fallen silent, and says how much had come', async () => {
    for (const [path, came] of [
      ['/hangs', 0],
      ['/stalls', 50_000],
    ] as const)
      await assert.rejects(download(at(path), { patience: 500 }), {
        name: 'HandfulError',
        code: 'network',
        message: `${at(path).href} sent nothing for 0.5 s; ${came} bytes had come.`,
      });
  });

  it('has patience with what is slow, as long as bytes come', async () => {
    const start = performance.now();
    assert.deepEqual(await download(at('/slow'), { patience: 1000 }), bytes);
    assert.ok(performance.now() - start > 1200);
  });

  for (const [path, code, message] of [
    ['/nothing', 'not-found', /404/],
    ['/gone', 'not-found', /410/],
    ['/broken', 'network', /503 Service Unavailable/],
    ['/reset', 'network', /could not be fetched/],
    ['/cut', 'network', /broke off/],
  ] as const)
    it(`names the URL: ${path} is '${code}'`, async () => {
      for (const onProgress of [undefined, () => {}])
        await assert.rejects(download(at(path), { onProgress }), (error: Error & { code: string }) => {
          assert.equal(error.name, 'HandfulError');
          assert.equal(error.code, code);
          assert.match(error.message, message);
          assert.ok(error.message.includes(at(path).href), error.message);
          return true;
        });
    });

  it('fails where nobody listens', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    await new Promise((done) => other.close(done));
    await assert.rejects(request(new URL(`http://127.0.0.1:${port}/x`)), { code: 'network', message: /127\.0\.0\.1/ });
  });

  it('stops when aborted: before, while waiting, and midway', async () => {
    await assert.rejects(request(at('/file'), AbortSignal.abort()), { code: 'aborted' });
    await assert.rejects(download(at('/file'), { signal: AbortSignal.abort() }), { code: 'aborted' });
    for (const path of ['/hangs', '/stalls'])
      for (const onProgress of [undefined, () => {}]) {
        const reason = new Error('enough');
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), 30);
        await assert.rejects(download(at(path), { signal: controller.signal, onProgress }), {
          code: 'aborted',
          cause: reason,
        });
      }
  });

  it('reads files by their URL in Node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handful-'));
    try {
      await writeFile(join(folder, 'a.bin'), bytes);
      assert.deepEqual(await download(pathToFileURL(join(folder, 'a.bin'))), bytes);
      const missing = pathToFileURL(join(folder, 'b.bin'));
      await assert.rejects(download(missing), { code: 'not-found', message: new RegExp(missing.href) });
      await assert.rejects(download(pathToFileURL(folder)), { code: 'network' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
