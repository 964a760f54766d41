import { Dataset, File, Group } from 'jsfive';
import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import type { ForeignTensor } from '../foreign-model.js';

/** A compressed array may be so many times as large as the whole file. */
const MOST_GROWTH = 16;

/** An HDF5 file; whatever is wrong with it is told as `bad-model`. */
export class Hdf5 {
  private readonly root: Group;

  /** @throws {HandfulError} `bad-model` if it cannot be read. */
  constructor(private readonly bytes: Uint8Array) {
    this.root = this.attempt('its beginning', () => new File(bytes.slice().buffer));
  }

  has(path: string): boolean {
    let group: unknown = this.root;
    for (const name of path.split('/')) {
      if (!(group instanceof Group) || !group.keys.includes(name)) return false;
      const from = group;
      group = this.attempt(path, () => from.get(name));
    }
    return true;
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
    return this.attempt(path, () => {
      const dataset = this.root.get(path);
      if (!(dataset instanceof Dataset)) return badModel(`The HDF5 file has no array ${quote(path)}.`);
      const { shape, dtype } = dataset;
      const width = typeof dtype === 'string' && /^[<>]f([248])$/.exec(dtype)?.[1];
      if (!width)
        return badModel(`The weights ${quote(path)} are ${quote(dtype)}; expected floats of 2, 4 or 8 bytes.`);
      const size = sizeOf(shape);
      if (!(size * Number(width) <= MOST_GROWTH * this.bytes.length))
        badModel(
          `The weights ${quote(path)} are ${quote(shape)}, more than the file of ${this.bytes.length} bytes holds.`,
        );
      const { value } = dataset;
      if (!Array.isArray(value) || value.length !== size)
        return badModel(`The weights ${quote(path)}, ${quote(shape)}, are not all in the file.`);
      return { shape: [...shape], data: Float32Array.from(value as number[]) };
    });
  }

  private attributes(path: string): Record<string, unknown> {
    return this.attempt(path || 'its beginning', () => {
      const group = path ? this.root.get(path) : this.root;
      return group instanceof Group ? group.attrs : {};
    });
  }

  /** jsfive throws errors of every kind, and strings, where a file is not what it should be. */
  private attempt<T>(what: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if ((error as { name?: unknown } | undefined)?.name === 'HandfulError') throw error;
      const reason = String((error as { message?: unknown } | undefined)?.message ?? error);
      return badModel(`The HDF5 file cannot be read at ${quote(what)}: ${quote(reason, 120)}.`, error);
    }
  }
}
