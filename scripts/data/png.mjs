import { inflateSync } from 'node:zlib';

const SIGNATURE = '89504e470d0a1a0a';
/** Channels of each PNG colour type that stores samples directly: grey, RGB, grey + alpha, RGBA. */
const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);

/**
 * Decodes a PNG of 8 bits a sample, not interlaced, without a palette (https://www.w3.org/TR/png-3/).
 *
 * @param {Uint8Array} png
 * @returns {{ width: number, height: number, channels: number, data: Uint8Array }} row by row, channels last
 * @throws {Error} if it is no such PNG
 */
export function decodePng(png) {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (bytes.toString('hex', 0, 8) !== SIGNATURE) throw new Error('png: wrong signature');
  const chunks = readChunks(bytes);
  const header = chunks.find(({ type }) => type === 'IHDR')?.body;
  if (header?.length !== 13) throw new Error('png: no image header');
  const [depth, colour, , , interlace] = header.subarray(8);
  const channels = CHANNELS.get(colour);
  if (depth !== 8 || !channels || interlace !== 0) {
    throw new Error(
      `png: depth ${depth}, colour type ${colour}, interlace ${interlace}; expected 8, one of 0 2 4 6, 0`,
    );
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body)));
  const expected = height * (1 + width * channels);
  if (rows.length !== expected) throw new Error(`png: ${rows.length} bytes of pixels, expected ${expected}`);
  return { width, height, channels, data: unfilter(rows, width * channels, height, channels) };
}

/** @param {Buffer} bytes @returns {{ type: string, body: Buffer }[]} */
function readChunks(bytes) {
  const chunks = [];
  for (let at = 8; at < bytes.length;) {
    const length = at + 12 <= bytes.length ? bytes.readUInt32BE(at) : Infinity;
    if (at + 12 + length > bytes.length) throw new Error('png: truncated');
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/**
 * Undoes the five row filters: what was subtracted from a sample is predicted from the one to its left (a), above (b)
 * and above left (c), each 0 outside the picture.
 *
 * @param {Uint8Array} rows each a filter byte, then `stride` bytes
 * @param {number} stride bytes a row @param {number} height @param {number} step bytes a pixel
 */
function unfilter(rows, stride, height, step) {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    if (filter > 4) throw new Error(`png: filter ${filter} in row ${y}, expected 0 to 4`);
    const [from, to] = [y * (stride + 1) + 1, y * stride];
    for (let x = 0; x < stride; x++) {
      const a = x >= step ? out[to + x - step] : 0;
      const b = y > 0 ? out[to + x - stride] : 0;
      const c = x >= step && y > 0 ? out[to + x - stride - step] : 0;
      let predicted = 0;
      if (filter === 1) predicted = a;
      else if (filter === 2) predicted = b;
      else if (filter === 3) predicted = (a + b) >> 1;
      else if (filter === 4) predicted = paeth(a, b, c);
      out[to + x] = rows[from + x] + predicted;
    }
  }
  return out;
}

/**
 * Whichever of a, b and c is nearest to a + b - c, in that order.
 *
 * @param {number} a @param {number} b @param {number} c
 */
function paeth(a, b, c) {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}
