import { HandfulError } from '../errors.js';
import type { Input, Pixels, Point } from '../types.js';
import type { WireInput } from '../workers/protocol.js';
import { plain } from './plain.js';
import { isList, name, refuse, tag, unreadable } from './refuse.js';

/** Inputs out of the DOM, with what of them can be moved to a worker instead of copied. */
export interface Taken<Items> {
  items: Items;
  transferables: Transferable[];
}

/** Inputs of one call, numbers of one input, and bytes of one picture; more is refused before anything is copied. */
const MOST = { inputs: 1e6, values: 2 ** 24, bytes: 2 ** 28 };

/**
 * Takes inputs out of the DOM. The caller's own objects are neither moved nor closed, and may change from here on.
 * @throws {HandfulError} `bad-argument` for what is no list; `bad-input` naming what came.
 */
export async function takeInputs(inputs: readonly Input[]): Promise<Taken<WireInput[]>> {
  const named = (i: number) => (inputs.length > 1 ? `Input ${i}` : 'The input');
  const items = await Promise.all(each(inputs, 'inputs', named, take).map(async (item) => item));
  return { items, transferables: items.flatMap(movable) };
}

/**
 * The same for samples.
 * @param read What a sample says beside its input, checked; `name` is what to call it in errors.
 * @throws {HandfulError} `bad-argument` for an empty list, and what `read` throws; `bad-input`.
 */
export async function takeSamples<Said extends object>(
  samples: readonly { input: Input }[],
  read: (sample: { input: Input } | undefined, name: string) => Said,
  what = 'Sample',
): Promise<Taken<(Said & { input: WireInput })[]>> {
  const taken = each(
    samples,
    `${what.toLowerCase()}s`,
    (i) => `${what} ${i}`,
    (sample: { input: Input }, name) => ({ own: read(sample, name), input: take(sample.input, name) }),
  );
  if (taken.length === 0) refuse('Expected a list of samples', samples);
  const items = await Promise.all(taken.map(async ({ own, input }) => ({ ...own, input: await input })));
  return { items, transferables: items.flatMap(({ input }) => movable(input)) };
}

/** Reads the items of a list, by index, since iterators may do anything, and stops at the first that is refused. */
function each<Item, T>(
  list: readonly Item[],
  what: string,
  named: (index: number) => string,
  read: (item: Item, name: string) => T,
): T[] {
  if (!isList(list)) refuse(`Expected a list of ${what}`, list);
  let reading = `The list of ${what}`;
  try {
    const { length } = list;
    if (length > MOST.inputs) refuse(`Expected at most ${MOST.inputs} ${what}`, list);
    return Array.from({ length }, (_, i) => read(list[i] as Item, (reading = named(i))));
  } catch (cause) {
    throw unreadable(reading, 'bad-input', cause);
  }
}

/** Samples to learn from and, where the caller has some, those to validate on. */
interface Lesson<S> {
  samples: S[];
  held: S[] | undefined;
}

/** The same for samples to learn from and, where these are samples too, those to validate on. */
export async function takeLesson<Said extends object>(
  samples: readonly { input: Input }[],
  validation: number | readonly { input: Input }[] | undefined,
  read: (sample: { input: Input } | undefined, name: string) => Said,
): Promise<Taken<Lesson<Said & { input: WireInput }>>> {
  const [learned, held] = await Promise.all([
    takeSamples(samples, read),
    typeof validation === 'object' ? takeSamples(validation, read, 'Validation sample') : undefined,
  ]);
  return {
    items: { samples: learned.items, held: held?.items },
    transferables: [...learned.transferables, ...(held?.transferables ?? [])],
  };
}

/** What of the option `validation` is for the host: a share, since samples travel apart. */
export function shareOf(validation: unknown): { validation?: number } {
  return typeof validation === 'number' ? { validation } : {};
}

/** @throws {Error} for what cannot be read, at once; a picture may be refused later. */
function take(input: unknown, what: string): WireInput | Promise<WireInput> {
  const data = valuesOf(input);
  if (data) return { kind: 'values', data };
  if (typeof input === 'object' && input !== null && !Array.isArray(input) && !ArrayBuffer.isView(input)) {
    if ('strokes' in input) return { kind: 'strokes', strokes: plain(input.strokes) as readonly (readonly Point[])[] };
    if (isPixels(input)) {
      const { data, width, height } = input;
      checkLength(data, MOST.bytes);
      return { kind: 'pixels', data: new Uint8ClampedArray(data), width, height };
    }
    // Decoded where it is used, one after another: a thousand photos at once would fill the memory.
    if (/^(Blob|File)$/.test(tag(input))) return { kind: 'blob', blob: input as Blob };
    if (typeof createImageBitmap === 'function') {
      const taken = picture(input as ImageBitmapSource, what);
      taken.catch(() => {}); // heard of by whoever waits for it, unless an input after it is refused
      return taken;
    }
  }
  throw new HandfulError(
    'bad-input',
    `${what} is ${name(input)}; expected a canvas, an image, a video, ImageData, a Blob, { strokes } or a typed array.`,
  );
}

/** Values as floats, copied, bytes as 0 to 1; undefined for what is no list of numbers. */
function valuesOf(input: unknown): Float32Array<ArrayBuffer> | undefined {
  if (Array.isArray(input)) {
    checkLength(input, MOST.values);
    const values = new Float32Array(input.length);
    for (let i = 0; i < input.length; i++) {
      if (typeof input[i] !== 'number') return undefined;
      values[i] = input[i] as number;
    }
    return values;
  }
  if (!ArrayBuffer.isView(input) || !/^(Float(32|64)|Uint8(Clamped)?)Array$/.test(tag(input))) return undefined;
  const list = input as Float32Array;
  checkLength(list, MOST.values);
  const values = new Float32Array(list);
  return tag(input).startsWith('U') ? values.map((byte) => byte / 255) : values;
}

function checkLength({ length }: ArrayLike<unknown>, most: number): void {
  if (length > most) throw new Error(`it has ${length} items, more than ${most}`);
}

/** A bitmap of our own of whatever the browser can draw. */
async function picture(input: ImageBitmapSource, what: string): Promise<WireInput> {
  try {
    if ('decode' in input && !input.complete) await input.decode();
    if ('videoWidth' in input && input.readyState < 2) throw new Error('the video has no frame yet');
    const bitmap = await createImageBitmap(input);
    if (bitmap.width * bitmap.height > MOST.bytes / 4) throw new Error('it is too large');
    return { kind: 'bitmap', bitmap: structuredClone(bitmap, { transfer: [bitmap] }) }; // refused if scripts may not read it
  } catch (cause) {
    throw unreadable(`${what} is ${name(input)} that`, 'bad-input', cause);
  }
}

function movable(input: WireInput): Transferable[] {
  if (input.kind === 'bitmap') return [input.bitmap];
  return input.kind === 'strokes' || input.kind === 'blob' ? [] : [input.data.buffer];
}

/** ImageData of any realm, and what looks like it. */
function isPixels(input: object): input is Pixels {
  const { data } = input as { data?: unknown };
  return ArrayBuffer.isView(data) && tag(data).startsWith('Uint8') && 'width' in input && 'height' in input;
}
