import { HandfulError, toHandfulError } from '../errors.js';
import type { Input, Strokes } from '../types.js';
import type { WireInput } from '../workers/protocol.js';
import { name, refuse } from './refuse.js';

/** Inputs out of the DOM, with what of them can be moved to a worker instead of copied. */
export interface Taken<Items> {
  items: Items;
  transferables: Transferable[];
}

/**
 * Takes inputs out of the DOM. The caller's own objects are neither moved nor closed, and may change from here on.
 * @throws {HandfulError} `bad-argument` for what is no list; `bad-input` naming what came.
 */
export async function takeInputs(inputs: readonly Input[]): Promise<Taken<WireInput[]>> {
  if (!Array.isArray(inputs)) refuse('Expected a list of inputs', inputs);
  const named = (i: number) => (inputs.length > 1 ? `Input ${i}` : 'The input');
  const items = await Promise.all(Array.from(inputs, (input: Input, i) => take(input, named(i))));
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
  if (!Array.isArray(samples) || samples.length === 0) refuse(`Expected a list of ${what.toLowerCase()}s`, samples);
  const said = Array.from(samples, (sample: { input: Input }, i) => {
    const name = `${what} ${i}`;
    return { own: read(sample, name), input: sample.input, name };
  });
  const items = await Promise.all(
    said.map(async ({ own, input, name }) => ({ ...own, input: await take(input, name) })),
  );
  return { items, transferables: items.flatMap(({ input }) => movable(input)) };
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

async function take(input: Input, what: string): Promise<WireInput> {
  if (input instanceof Float32Array) return { kind: 'values', data: input.slice() };
  if (input instanceof Float64Array || isNumbers(input)) return { kind: 'values', data: Float32Array.from(input) };
  if (input instanceof Uint8Array || input instanceof Uint8ClampedArray)
    return { kind: 'values', data: Float32Array.from(input, (byte) => byte / 255) };
  if (typeof input === 'object' && input !== null) {
    if ('strokes' in input) return { kind: 'strokes', strokes: copyLists(input.strokes, 3) as Strokes['strokes'] };
    if (isPixels(input)) {
      const { data, width, height } = input;
      return { kind: 'pixels', data: new Uint8ClampedArray(data), width, height };
    }
    // Decoded where it is used, one after another: a thousand photos at once would fill the memory.
    if (input instanceof Blob) return { kind: 'blob', blob: input };
    if (typeof createImageBitmap === 'function')
      return { kind: 'bitmap', bitmap: await picture(input as ImageBitmapSource, what) };
  }
  throw new HandfulError(
    'bad-input',
    `${what} is ${name(input)}; expected a canvas, an image, a video, ImageData, a Blob, strokes or a typed array.`,
  );
}

/** A bitmap of our own of whatever the browser can draw. */
async function picture(input: ImageBitmapSource, what: string): Promise<ImageBitmap> {
  try {
    if ('decode' in input && !input.complete) await input.decode();
    if ('videoWidth' in input && input.readyState < 2) throw new Error('the video has no frame yet');
    const bitmap = await createImageBitmap(input);
    return structuredClone(bitmap, { transfer: [bitmap] }); // refused if scripts may not read it
  } catch (cause) {
    const reason = toHandfulError(cause).message;
    throw new HandfulError('bad-input', `${what} is ${name(input)} that cannot be read as a picture: ${reason}`, {
      cause,
    });
  }
}

/** Nested lists by hand, since a framework's proxies cannot be cloned; what else there is is named, to be refused. */
function copyLists(value: unknown, depth: number): unknown {
  if (Array.isArray(value) && depth > 0) return value.map((item) => copyLists(item, depth - 1));
  return value === null || typeof value === 'number' ? value : name(value);
}

function movable(input: WireInput): Transferable[] {
  if (input.kind === 'bitmap') return [input.bitmap];
  return input.kind === 'strokes' || input.kind === 'blob' ? [] : [input.data.buffer];
}

function isNumbers(input: Input): input is readonly number[] {
  return Array.isArray(input) && input.every((value) => typeof value === 'number');
}

function isPixels(input: object): input is { data: Uint8ClampedArray; width: number; height: number } {
  const { data } = input as { data?: unknown };
  return (data instanceof Uint8ClampedArray || data instanceof Uint8Array) && 'width' in input && 'height' in input;
}
