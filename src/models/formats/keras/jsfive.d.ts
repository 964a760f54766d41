// What is used of jsfive, which comes without types.
declare module 'jsfive' {
  export class Group {
    readonly keys: string[];
    readonly attrs: Record<string, unknown>;
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
  }
}
