import { badModel } from '../../../common/messages.js';

/** Structures of HDF5 begin with four letters; of trees and their tables, the size stands two bytes further. */
const SIGNATURE = 4;
const SIZE_AT = 6;
const ENTRY = 16; // bytes, of a tree at least
const OTHERS = ['OHDR', 'HEAP', 'GCOL', 'FRHP', 'FHDB', 'FHIB', 'BTHD', 'BTIN', 'BTLF'];

/** So many times its own length a file is read for one group or array, at most. */
const MOST_TIMES = 8;
const SMALL = 1 << 20; // bytes that may be read of any file

/**
 * A file's bytes for jsfive, which follows addresses wherever they lead: trees whose branches meet again would be read
 * for ever. It takes every structure's beginning by `slice`, where all that it reads is counted.
 */
export class BoundedBuffer extends ArrayBuffer {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private left = 0;

  constructor(file: Uint8Array) {
    super(file.length);
    this.bytes = new Uint8Array(this);
    this.bytes.set(file);
    this.view = new DataView(this);
    this.begin();
  }

  /** Counts anew, for the next group or array. */
  begin(): void {
    this.left = SMALL + MOST_TIMES * this.byteLength;
  }

  /** @throws {HandfulError} `bad-model` once too much was read. */
  override slice(start = 0, end = this.byteLength): ArrayBuffer {
    const { buffer, length } = this.bytes.slice(start, end);
    this.left -= ENTRY + length + (length === SIGNATURE ? this.entriesAt(start, buffer) * ENTRY : 0);
    if (this.left < 0)
      badModel('The HDF5 file leads in circles: what its groups and arrays name is more than the whole file.');
    return buffer;
  }

  private entriesAt(start: number, signature: ArrayBuffer): number {
    if (start + SIZE_AT + 2 > this.byteLength || OTHERS.includes(String.fromCharCode(...new Uint8Array(signature))))
      return 0;
    return this.view.getUint16(start + SIZE_AT, true);
  }
}
