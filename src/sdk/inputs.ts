import { HandfulError, toHandfulError } from '../errors.js';
import type { Input, Sample, Strokes } from '../types.js';
import type { WireInput, WireSample } from '../workers/protocol.js';

/** Inputs out of the DOM, with what of them can be moved to a worker instead of copied. */
export interface Taken<T> {
  items: T[];
  transferables: Transferable[];
}

/**
 * Takes inputs out of the DOM. The caller's own objects are neither moved nor closed, and may change from here on.
 * @throws {HandfulError} `bad-argument` for what is no list; `bad-input` naming what came.
 */
export async function takeInputs(inputs: readonly Input[], what = 'Input'): Promise<Taken<WireInput>> {
  if (!Array.isArray(inputs)) refuse('Expected a list of inputs', inputs);
  const named = (i: number) => (inputs.length > 1 || what !== 'Input' ? `${what} ${i}` : 'The input');
  const items = await Promise.all(Array.from(inputs, (input: Input, i) => take(input, named(i))));
  return { items, transferables: items.flatMap(movable) };
}

/**
 * The same for labelled samples; labels become strings.
 * @throws {HandfulError} `bad-argument` for an empty list or a missing label; `bad-input`.
 */
export async function takeSamples(samples: readonly Sample[], what = 'Sample'): Promise<Taken<WireSample>> {
  if (!Array.isArray(samples) || samples.length === 0)
    refuse(`Expected ${what.toLowerCase()}s, [{ input, label }, …]`, samples);
  const labels = Array.from(samples, (sample: Sample | undefined, i) =>
    labelName(sample?.label, `${what} ${i} has a label that`),
  );
  const { items, transferables } = await takeInputs(
    samples.map(({ input }) => input),
    what,
  );
  return { items: items.map((input, i) => ({ input, label: labels[i]! })), transferables };
}

/** @throws {HandfulError} `bad-argument` */
export function labelName(label: unknown, what = 'A label'): string {
  if (typeof label !== 'string' && !Number.isFinite(label)) refuse(`${what} is a string or a finite number`, label);
  return String(label);
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

/** @throws {HandfulError} `bad-argument` saying what was expected and what came, always. */
export function refuse(expected: string, got: unknown, cause?: unknown): never {
  throw new HandfulError('bad-argument', `${expected}; got ${name(got)}.`, cause === undefined ? undefined : { cause });
}

/** What something is, for an error message. */
export function name(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') {
    const kind = value.constructor?.name ?? 'Object';
    return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
  }
  return typeof value === 'string' ? `'${value}'` : `the ${typeof value} ${String(value)}`;
}
