import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { assetUrl, download, request } from '../../src/assets.js';

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

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

  it('brings a file whole, with or without progress', async () => {
    assert.deepEqual(await download(at('/file')), bytes);
    const seen: [number, number | undefined][] = [];
    assert.deepEqual(await download(at('/file'), undefined, (...progress) => seen.push(progress)), bytes);
    assert.ok(seen.length > 0);
    let before = 0;
    for (const [received, total] of seen) {
      assert.equal(total, bytes.length);
      assert.ok(received > before);
      before = received;
    }
    assert.equal(seen.at(-1)![0], bytes.length);
  });

  it('does not promise a total that it does not know', async () => {
    for (const path of ['/unsized', '/zipped']) {
      const totals = new Set<number | undefined>();
      assert.deepEqual(await download(at(path), undefined, (_, total) => totals.add(total)), bytes);
      assert.deepEqual([...totals], [undefined], path);
    }
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
        await assert.rejects(download(at(path), undefined, onProgress), (error: Error & { code: string }) => {
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
    for (const path of ['/hangs', '/stalls'])
      for (const onProgress of [undefined, () => {}]) {
        const reason = new Error('enough');
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), 30);
        await assert.rejects(download(at(path), controller.signal, onProgress), { code: 'aborted', cause: reason });
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
