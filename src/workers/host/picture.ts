import { pause } from '../../common/pause.js';
import { HandfulError, throwIfAborted, toHandfulError } from '../../errors.js';
import type { Picture } from '../../preprocess/picture.js';
import { canvasesTell } from './canvas-check.js';
import { pictureSize } from './picture-size.js';

/** Of one picture; those of cameras have fewer. */
const MOST_PIXELS = 1.1e8;

/** Pictures of more are made smaller while they are read: 64 MB are enough for any ink, and for any network. */
const ENOUGH_PIXELS = 2 ** 24;

/** Longest side of the canvas by which pictures are read. Larger ones hold nothing on some devices, which do not say so. */
const TILE = 4096;

/** How much of a file is looked at for its size: a JPEG's comes after its thumbnail and its colour profile. */
const HEADER = 2 ** 18; // bytes

let kept: OffscreenCanvasRenderingContext2D | undefined;

/** A canvas of this size, in the computer's memory, whose every drawing replaces the one before. */
function canvasOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  if (kept?.canvas.width === width && kept.canvas.height === height) return kept;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new HandfulError('out-of-memory', `no canvas of ${width} x ${height} pixels can be had here.`);
  context.globalCompositeOperation = 'copy';
  return (kept = context);
}

/**
 * The pixels of a bitmap, which is closed.
 * @throws {HandfulError} `bad-input` for one that is too large, and where canvases cannot be read; `aborted`.
 */
export async function readBitmap(bitmap: ImageBitmap, signal?: AbortSignal): Promise<Picture> {
  try {
    if (typeof OffscreenCanvas === 'undefined')
      throw new HandfulError(
        'bad-input',
        'this browser cannot read pictures in a worker; pass ImageData, strokes or values instead.',
      );
    checkSize(bitmap.width, bitmap.height);
    if (!canvasesTell()) throw hidden();
    const size = boundedSize(bitmap);
    const { width, height } = size;
    if (width <= TILE && height <= TILE) return { data: tileOf(bitmap, size, 0, 0).data, width, height };
    const data = new Uint8ClampedArray(width * height * 4);
    for (let top = 0; top < height; top += TILE)
      for (let left = 0; left < width; left += TILE) {
        const tile = tileOf(bitmap, size, left, top);
        const row = tile.width * 4;
        for (let y = 0; y < tile.height; y++)
          data.set(tile.data.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * 4);
        await pause();
        throwIfAborted(signal);
      }
    return { data, width, height };
  } finally {
    bitmap.close();
  }
}

interface Size {
  width: number;
  height: number;
}

/** The size at which a picture is read. */
function boundedSize({ width, height }: Size): Size {
  const scale = Math.min(1, Math.sqrt(ENOUGH_PIXELS / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/** A part of a bitmap that is drawn at a size. */
function tileOf(bitmap: ImageBitmap, size: Size, left: number, top: number): ImageData {
  const width = Math.min(TILE, size.width - left);
  const height = Math.min(TILE, size.height - top);
  const context = canvasOf(width, height);
  context.drawImage(bitmap, -left, -top, size.width, size.height);
  return context.getImageData(0, 0, width, height);
}

/**
 * The pixels of a picture's file, turned as its EXIF data say.
 * @throws {HandfulError} `bad-input` for what is no picture, and as `readBitmap`; `aborted`.
 */
export async function readBlob(blob: Blob, signal?: AbortSignal): Promise<Picture> {
  let what = `a Blob of ${blob.size} bytes and type '${blob.type}'`;
  if (typeof createImageBitmap === 'undefined')
    throw new HandfulError('bad-input', `${what} cannot be decoded outside browsers; pass pixels, strokes or values.`);
  try {
    const size = pictureSize(new Uint8Array(await blob.slice(0, HEADER).arrayBuffer()));
    if (size) {
      const { width, height } = size;
      what += ` with a picture of ${width} x ${height} pixels`;
      checkSize(width, height); // before it is decoded
    }
    return await readBitmap(await decoded(blob, size), signal);
  } catch (cause) {
    if (cause instanceof HandfulError) throw cause;
    const advice = blob.type.startsWith('image/svg') ? '; an SVG is read as an <img> with a width and a height' : '';
    const why = toHandfulError(cause).message.replace(/\.$/, '');
    throw new HandfulError('bad-input', `${what} cannot be read as a picture: ${why}${advice}.`, { cause });
  }
}

/** Browsers turn it by themselves; those that can make it smaller while they decode it. */
function decoded(blob: Blob, size: Size | undefined): Promise<ImageBitmap> {
  const bounded = size && boundedSize(size);
  return bounded && bounded.width < size.width
    ? createImageBitmap(blob, { resizeWidth: bounded.width, resizeQuality: 'medium' })
    : createImageBitmap(blob);
}

function checkSize(width: number, height: number): void {
  if (width * height > 0 && width * height <= MOST_PIXELS) return;
  throw new HandfulError('bad-input', `a picture of ${width} x ${height} pixels: expected 1 to ${MOST_PIXELS} pixels.`);
}

/**
 * Refuses pixels that a browser gave out instead of those of a canvas: all of one colour, or a few random ones, repeated.
 * @throws {HandfulError} `bad-input`
 */
export function refuseHidden({ data }: Picture): void {
  if (typeof OffscreenCanvas === 'undefined' || !ArrayBuffer.isView(data)) return;
  for (let i = PERIOD; i < data.length; i++) if (data[i] !== data[i - PERIOD]) return;
  if (!canvasesTell()) throw hidden();
}

/** Bytes of noise that Firefox repeats. */
const PERIOD = 32;

const hidden = () =>
  new HandfulError(
    'bad-input',
    'this browser hides what canvases hold, as some do against fingerprinting: pass strokes or values, or ask the user to allow it.',
  );
