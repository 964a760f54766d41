const BLOCK = 512;

/**
 * The regular files of a tar archive (ustar; folders, links and extended headers are passed over).
 *
 * @param {Uint8Array} archive uncompressed
 * @returns {Map<string, Buffer>} path -> bytes, as views into `archive`
 * @throws {Error} if a header is damaged or the archive ends within a file
 */
export function readTar(archive) {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const files = new Map();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (octal(header, 148, 8) !== checksum(header)) throw new Error(`tar: damaged header at byte ${at}`);
    const size = octal(header, 124, 12);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      throw new Error(`tar: ends within a file: ${bytes.length} bytes, expected at least ${start + size}`);
    }
    const type = String.fromCharCode(header[156]);
    if (type === '0' || type === '\0') {
      const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
      const name = text(header, 0, 100);
      files.set(prefix ? `${prefix}/${name}` : name, bytes.subarray(start, start + size));
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** @param {Buffer} header @param {number} offset @param {number} length */
function text(header, offset, length) {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** @param {Buffer} header @param {number} offset @param {number} length */
function octal(header, offset, length) {
  return parseInt(text(header, offset, length).trim(), 8);
}

/** The sum of the header's bytes, its own checksum field counted as spaces. @param {Buffer} header */
function checksum(header) {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i];
  return sum;
}
