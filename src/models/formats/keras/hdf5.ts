import { unzlibSync } from 'fflate';
import { Dataset, File, Filters, Group } from 'jsfive';
import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import type { ForeignTensor } from '../foreign-model.js';
import { BoundedBuffer } from './bounded-buffer.js';

/** A compressed array may be so many times as large as the whole file. */
const MOST_GROWTH = 16;

/** jsfive makes a list of an array's numbers, which engines keep in four times the room, or more. */
const MOST_NUMBERS = 1 << 25;

/** Numbers of HDF5's own: of a message that leads to attributes elsewhere, and of filters. */
const ATTRIBUTE_INFO = 0x15;
const DEFLATE = 1;
const FILTERS = [DEFLATE, 2, 3]; // shuffle, fletcher32

const AS_KERAS = "handful reads HDF5 as Keras and h5py write it unless libver='latest' is asked for";

/** An HDF5 file; whatever is wrong with it is told as `bad-model`. */
export class Hdf5 {
  private readonly buffer: BoundedBuffer;
  private readonly found: Map<string, Group | Dataset | undefined>;

  /** @throws {HandfulError} `bad-model` if it cannot be read. */
  constructor(bytes: Uint8Array) {
    this.buffer = new BoundedBuffer(bytes);
    this.found = new Map([['', this.attempt('its beginning', () => new File(this.buffer))]]);
  }

  has(path: string): boolean {
    return this.find(path) !== undefined;
  }

  /** A string; undefined if there is none of that name. */
  text(path: string, attribute: string): string | undefined {
    const value = this.attributes(path)[attribute];
    return typeof value === 'string' ? value.replace(/\0+$/, '') : undefined;
  }

  /** A list of strings, which Keras cuts into `name0`, `name1`, … where it is long. */
  texts(path: string, attribute: string): string[] {
    const attributes = this.attributes(path);
    const parts: unknown[] = attribute in attributes ? [attributes[attribute]] : [];
    for (let i = 0; `${attribute}${i}` in attributes; i++) parts.push(attributes[`${attribute}${i}`]);
    return parts.flat().map((each) => String(each).replace(/\0+$/, ''));
  }

  /** An array of floating-point numbers. @throws {HandfulError} `bad-model` */
  tensor(path: string): ForeignTensor {
    const dataset = this.find(path);
    if (!(dataset instanceof Dataset)) return badModel(`The HDF5 file has no array ${quote(path)}.`);
    return this.attempt(path, () => {
      const { shape, dtype } = dataset;
      const width = Number(typeof dtype === 'string' && /^[<>]f([248])$/.exec(dtype)?.[1]);
      if (!width)
        return badModel(`The weights ${quote(path)} are ${quote(dtype)}; expected floats of 2, 4 or 8 bytes.`);
      this.checkSize(path, shape, width);
      inflatedSize = chunkOf(path, dataset) * width;
      const { value } = dataset;
      if (!Array.isArray(value) || value.length !== sizeOf(shape))
        return badModel(`The weights ${quote(path)}, ${quote(shape)}, are not all in the file.`);
      return { shape: [...shape], data: Float32Array.from(value as number[]) };
    });
  }

  private checkSize(path: string, shape: readonly number[], width: number): void {
    const size = sizeOf(shape);
    if (!(size * width <= MOST_GROWTH * this.buffer.byteLength))
      badModel(
        `The weights ${quote(path)} are ${quote(shape)}, more than the file of ${this.buffer.byteLength} bytes holds.`,
      );
    if (size > MOST_NUMBERS)
      badModel(`The weights ${quote(path)} are ${quote(shape)}; expected at most ${MOST_NUMBERS} numbers.`);
  }

  /** From name to name, each group read once. */
  private find(path: string): Group | Dataset | undefined {
    let at = '';
    let found = this.found.get('');
    for (const name of path.split('/')) {
      const group = found;
      if (!(group instanceof Group) || !group.keys.includes(name)) return undefined;
      at = at ? `${at}/${name}` : name;
      if (!this.found.has(at)) this.found.set(at, this.attempt(at, () => group.get(name)) ?? undefined);
      found = this.found.get(at);
    }
    return found;
  }

  private attributes(path: string): Record<string, unknown> {
    const group = path ? this.find(path) : this.found.get('');
    if (!(group instanceof Group)) return {};
    return this.attempt(path || 'its beginning', () => {
      const { attrs, _dataobjects: header } = group;
      if (Object.keys(attrs).length === 0 && header.find_msg_type(ATTRIBUTE_INFO).length > 0)
        badModel(`The HDF5 file keeps the attributes of ${quote(path || '/')} in a heap of their own; ${AS_KERAS}.`);
      return attrs;
    });
  }

  /** jsfive throws errors of every kind, and strings, where a file is not what it should be. */
  private attempt<T>(what: string, read: () => T): T {
    this.buffer.begin();
    try {
      return read();
    } catch (error) {
      if ((error as { name?: unknown } | undefined)?.name === 'HandfulError') throw error;
      const reason = typeof error === 'string' ? quote(error, 120) : 'it is damaged, or of a kind that is not read';
      return badModel(`The HDF5 file cannot be read at ${quote(what)}: ${reason}; ${AS_KERAS}.`, error);
    }
  }
}

/** Numbers in each of an array's chunks; 0 for one that lies in the file as it is. @throws {HandfulError} `bad-model` */
function chunkOf(path: string, { shape, _dataobjects: header }: Dataset): number {
  let chunks: number[] | null;
  try {
    ({ chunks } = header);
  } catch (error) {
    return badModel(`The weights ${quote(path)} are in chunks of the newest HDF5; ${AS_KERAS}.`, error);
  }
  if (!chunks) return 0;
  if (chunks.length !== shape.length || !chunks.every((size, axis) => size >= 1 && size <= (shape[axis] ?? 0)))
    badModel(`The weights ${quote(path)}, ${quote(shape)}, are in chunks of ${quote(chunks)}.`);
  const filter = header.filter_pipeline
    ?.map((each) => each.get('filter_id'))
    .find((id) => !FILTERS.includes(Number(id)));
  if (filter !== undefined)
    badModel(`The weights ${quote(path)} are compressed by HDF5's filter ${quote(filter)}; handful reads gzip.`);
  return sizeOf(chunks);
}

/** What the array being read has in a chunk, in bytes: jsfive's own inflating would take whatever comes. */
let inflatedSize = 0;
const CHECKSUM = 4; // bytes, which another filter may have added

Filters.set(DEFLATE, (chunk) => {
  const room = new Uint8Array(inflatedSize + CHECKSUM + 1);
  const bytes = unzlibSync(new Uint8Array(chunk), { out: room });
  if (bytes.length === room.length)
    badModel(`A chunk of the HDF5 file inflates to more than its ${inflatedSize} bytes.`);
  return bytes.slice().buffer;
});
