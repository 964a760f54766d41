import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { decodePng } from '../../scripts/data/png.mjs';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, body: Buffer): Buffer {
  const frame = Buffer.alloc(body.length + 12); // the decoder leaves the CRC alone: it stays 0
  frame.writeUInt32BE(body.length);
  frame.write(type, 4);
  body.copy(frame, 8);
  return frame;
}

function png(width: number, height: number, colour: number, rows: Buffer, depth = 8): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour], 8);
  const data = deflateSync(rows);
  const parts = [data.subarray(0, 9), data.subarray(9)].map((part) => chunk('IDAT', part));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), ...parts, chunk('IEND', Buffer.alloc(0))]);
}

/** Filters each row its own way, by the standard's definitions. */
function filtered(pixels: Uint8Array, stride: number, step: number, filters: number[]): Buffer {
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (pixels[y * stride + x] ?? NaN));
  const rows = filters.map((filter, y) => {
    const row = Array.from({ length: stride }, (_, x) => {
      const [a, b, c] = [at(x - step, y), at(x, y - 1), at(x - step, y - 1)] as const;
      const p = a + b - c;
      const nearest = [a, b, c].reduce((best, value) => (Math.abs(p - value) < Math.abs(p - best) ? value : best));
      const predicted = [0, a, b, Math.floor((a + b) / 2), nearest][filter] ?? NaN;
      return (at(x, y) - predicted) & 255;
    });
    return [filter, ...row];
  });
  return Buffer.from(rows.flat());
}

describe('decodePng', () => {
  it('undoes all filters, for every number of channels', () => {
    const filters = [4, 0, 1, 2, 3, 4, 3, 2, 1, 4];
    for (const [colour, channels] of [
      [0, 1],
      [2, 3],
      [4, 2],
      [6, 4],
    ] as const) {
      const stride = 7 * channels;
      const data = Uint8Array.from({ length: stride * filters.length }, (_, i) => (i * i * 31 + (i >> 2) * 17) & 255);
      const picture = decodePng(png(7, filters.length, colour, filtered(data, stride, channels, filters)));
      assert.deepEqual(picture, { width: 7, height: filters.length, channels, data });
    }
  });

  it('reads a file made elsewhere', () => {
    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
    const { width, height, channels, data } = decodePng(Buffer.from(pixel, 'base64'));
    assert.deepEqual([width, height, channels, ...data], [1, 1, 4, 255, 0, 0, 127]);
  });

  it('refuses what is damaged or of another kind', () => {
    const rows = Buffer.alloc(2 * 7);
    const good = png(2, 2, 2, rows);
    assert.equal(decodePng(good).data.length, 12);
    assert.throws(() => decodePng(Buffer.from('not a png at all')), /signature/);
    assert.throws(() => decodePng(good.subarray(0, good.length - 5)), /truncated/);
    assert.throws(() => decodePng(SIGNATURE), /no image header/);
    assert.throws(() => decodePng(png(2, 2, 3, rows)), /colour type 3/);
    assert.throws(() => decodePng(png(2, 2, 2, rows, 16)), /depth 16/);
    assert.throws(() => decodePng(png(2, 3, 2, rows)), /14 bytes of pixels, expected 21/);
    assert.throws(() => decodePng(png(2, 2, 2, Buffer.alloc(14, 9))), /filter 9 in row 0/);
  });
});
