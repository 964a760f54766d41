import { HandfulError } from '../errors.js';
import type { Input, Pixels, Point } from '../types.js';
import type { NetworkInfo, WireInput, WireSample } from '../workers/protocol.js';
import { plain } from './plain.js';
import { checkLength, isBlob, isList, isObject, name, refuse, tag, unreadable } from '../common/refuse.js';
import { said } from './said.js';
import type { AnySample } from './said.js';

/** Inputs of one call, numbers of one input, and bytes of one picture; more is refused before anything is copied. */
const MOST = { inputs: 1e6, values: 2 ** 24, bytes: 4e8 };

/**
 * Takes inputs out of the DOM. The caller's own objects are neither moved nor closed, and may change from here on.
 * @param moved Gets what can be moved to a worker instead of copied.
 * @throws {HandfulError} `bad-argument` for what is no list; `bad-input` naming what came.
 */
export async function takeInputs(inputs: readonly Input[], moved: Transferable[]): Promise<WireInput[]> {
  const named = (i: number) => (inputs.length > 1 ? `Input ${i}` : 'The input');
  const taken = each(inputs, 'inputs', named, (input, what) => take(input, what, moved));
  return Promise.all(taken.map(async (input) => input));
}

/**
 * The same for samples, with what they say that the network should answer.
 * @throws {HandfulError} `bad-argument` also for an empty list, and for a label or a target that is none.
 */
export async function takeSamples(
  samples: readonly AnySample[],
  network: Pick<NetworkInfo, 'loss' | 'outputs'>,
  moved: Transferable[],
  what = 'Sample',
): Promise<WireSample[]> {
  const taken = each(
    samples,
    `${what.toLowerCase()}s`,
    (i) => `${what} ${i}`,
    (sample, name) => ({ ...said(sample, name, network), input: take(sample.input, name, moved) }),
  );
  if (taken.length === 0) refuse('Expected a list of samples', samples);
  return Promise.all(taken.map(async (sample) => ({ ...sample, input: await sample.input })));
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

/** @throws {Error} for what cannot be read, at once; a picture may be refused later. */
function take(input: unknown, what: string, moved: Transferable[]): WireInput | Promise<WireInput> {
  const data = valuesOf(input);
  if (data) {
    moved.push(data.buffer);
    return { kind: 'values', data };
  }
  if (isObject(input) && !ArrayBuffer.isView(input)) {
    if ('strokes' in input) return { kind: 'strokes', strokes: plain(input.strokes) as readonly (readonly Point[])[] };
    if (isPixels(input)) {
      const { width, height } = input;
      checkLength(input.data, MOST.bytes);
      const data = new Uint8ClampedArray(input.data);
      moved.push(data.buffer);
      return { kind: 'pixels', data, width, height };
    }
    // Decoded where it is used, one after another: a thousand photos at once would fill the memory.
    if (isBlob(input)) return { kind: 'blob', blob: input };
    if (tag(input) === 'GPUBuffer') return { kind: 'buffer', buffer: input as GPUBuffer };
    if (typeof createImageBitmap === 'function') {
      const taken = picture(input as ImageBitmapSource, what, moved);
      taken.catch(() => {}); // heard of by whoever waits for it, unless an input after it is refused
      return taken;
    }
  }
  throw new HandfulError(
    'bad-input',
    `${what} is ${name(input)}; expected a canvas, image, video, ImageData, Blob, { strokes } or numbers.`,
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

/** A bitmap of our own of whatever the browser can draw. */
async function picture(input: ImageBitmapSource, what: string, moved: Transferable[]): Promise<WireInput> {
  try {
    if ('decode' in input && !input.complete) await input.decode();
    if ('videoWidth' in input && input.readyState < 2) throw new Error('it has no frame yet');
    const drawn = await createImageBitmap(input);
    const bitmap = structuredClone(drawn, { transfer: [drawn] }); // refused if scripts may not read it
    moved.push(bitmap);
    return { kind: 'bitmap', bitmap };
  } catch (cause) {
    throw unreadable(`${what} is ${name(input)} that`, 'bad-input', cause);
  }
}

/** ImageData of any realm, and what looks like it. */
function isPixels(input: object): input is Pixels {
  const { data } = input as { data?: unknown };
  return ArrayBuffer.isView(data) && tag(data).startsWith('Uint8') && 'width' in input;
}
