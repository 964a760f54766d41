interface Size {
  width: number;
  height: number;
}

/** The size that a picture's file says it has, by its first bytes; undefined for what is none, or says it later. */
export function pictureSize(bytes: Uint8Array): Size | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const starts = (text: string, at = 0) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  try {
    if (starts('\x89PNG')) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (starts('GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (starts('BM')) return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
    if (starts('RIFF') && starts('WEBPVP8', 8)) return sizeOfWebp(view, bytes[15]);
    if (starts('\xff\xd8')) return sizeOfJpeg(view);
    if (starts('ftyp', 4)) return sizeOfIsoBox(view); // AVIF, HEIC
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it ends before it says it
  }
  return undefined;
}

/** By its kind of chunk: lossy, lossless or extended. */
function sizeOfWebp(view: DataView, kind: number | undefined): Size | undefined {
  if (kind === 0x20) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind === 0x4c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  return { width: uint24(24) + 1, height: uint24(27) + 1 };
}

/** Of the first frame, whose marker is C0 to CF without C4, C8 and CC; every other segment is passed over. */
function sizeOfJpeg(view: DataView): Size | undefined {
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff)
      at++; // padding
    else if (marker === 0xc0 || ((marker & 0xf0) === 0xc0 && marker % 4 !== 0))
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else at += 2 + view.getUint16(at + 2);
  }
}

/** The largest of the sizes in its `ispe` boxes, those of tiles and thumbnails among them. */
function sizeOfIsoBox(view: DataView): Size | undefined {
  let most: Size | undefined;
  for (let at = 8; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!most || size.width * size.height > most.width * most.height) most = size;
  }
  return most;
}
