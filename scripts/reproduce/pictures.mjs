// Grids of small pictures as PNG: first-layer weights and misclassified examples.

import { crc32 as zlibCrc32, deflateSync } from 'node:zlib';

/**
 * A PNG of 8 bits a channel (https://www.w3.org/TR/png-3/).
 *
 * @param {Uint8Array} data [height, width, channels] @param {number} width @param {number} channels 1 or 3
 */
export function encodePng(data, width, channels) {
  const height = data.length / (width * channels);
  const stride = width * channels;
  const rows = Buffer.alloc(height * (stride + 1)); // each row's first byte: no filter
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @param {string} type @param {Buffer} body */
function chunk(type, body) {
  const frame = Buffer.alloc(body.length + 12);
  frame.writeUInt32BE(body.length);
  frame.write(type, 4);
  body.copy(frame, 8);
  frame.writeUInt32BE(crc32(frame.subarray(4, body.length + 8)), body.length + 8);
  return frame;
}

/** Node has one since 20.15. @param {Uint8Array} bytes */
const crc32 = (bytes) => zlibCrc32(bytes) >>> 0;

/**
 * Pictures in rows, each brought to 0..255 by its own least and greatest value, enlarged, a pixel of white between.
 *
 * @param {Float32Array[]} pictures each [height, width, channels]
 * @param {number[]} shape of each @param {{ columns?: number, scale?: number }} [options]
 */
export function grid(pictures, shape, { columns = 10, scale = 2 } = {}) {
  const [height, width, channels] = shape;
  const across = Math.min(columns, pictures.length);
  const [cellWidth, cellHeight] = [width * scale + 2, height * scale + 2];
  const total = across * cellWidth;
  const data = new Uint8Array(Math.ceil(pictures.length / across) * cellHeight * total * channels).fill(255);
  pictures.forEach((picture, i) => {
    const [left, top] = [(i % across) * cellWidth + 1, Math.floor(i / across) * cellHeight + 1];
    const low = picture.reduce((a, b) => Math.min(a, b));
    const range = picture.reduce((a, b) => Math.max(a, b)) - low || 1;
    for (let y = 0; y < height * scale; y++)
      for (let x = 0; x < width * scale; x++)
        for (let c = 0; c < channels; c++) {
          const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels + c;
          data[((top + y) * total + left + x) * channels + c] = ((picture[from] - low) / range) * 255;
        }
  });
  return encodePng(data, total, channels);
}

/**
 * The first layer's weights, a picture a unit or filter.
 *
 * @param {{ shape: readonly number[], data: Float32Array }} weight [in, units] or [K, K, in, filters]
 * @param {number[]} input shape of the network's input picture
 * @param {number} [most] so many at most
 */
export function firstLayer({ shape, data }, input, most = 50) {
  const units = shape[shape.length - 1];
  const size = data.length / units;
  const pictures = Array.from({ length: Math.min(most, units) }, (_, unit) =>
    Float32Array.from({ length: size }, (_, i) => data[i * units + unit]),
  );
  return { pictures, shape: shape.length === 4 ? shape.slice(0, 3) : input };
}
