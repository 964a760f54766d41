// What is used of jsfive, which comes without types.
declare module 'jsfive' {
  /** What a group or an array is in the file. */
  interface DataObjects {
    /** Throws for those that only the newest HDF5 writes. */
    readonly chunks: number[] | null;
    readonly filter_pipeline: ReadonlyMap<string, unknown>[] | null;
    find_msg_type(type: number): unknown[];
  }
  export class Group {
    readonly keys: string[];
    readonly attrs: Record<string, unknown>;
    readonly _dataobjects: DataObjects;
    /** Throws, a string at times, for what is not there. */
    get(path: string): Group | Dataset | null;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer);
  }
  export class Dataset {
    readonly shape: number[];
    /** As NumPy writes it, such as `<f4`; a list for other classes of types. */
    readonly dtype: unknown;
    readonly value: unknown;
    readonly _dataobjects: DataObjects;
  }
  /** What undoes a filter, by its number in HDF5. */
  export const Filters: Map<number, (chunk: ArrayBuffer, itemSize: number) => ArrayBuffer>;
}
