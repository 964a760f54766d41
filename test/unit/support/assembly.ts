import assert from 'node:assert/strict';
import { kernelBinary } from '../../../src/backends/wasm/variants.js';

type Kernels = Record<`f32_${string}`, (...args: number[]) => number>;

const GUARD = 0x7fc0dead; // as a float not a number, so that reading it shows as well as writing it
const GUARD_WORDS = 8;

/** The assembly's debug build on a memory of its own, where every array lies between guard words. */
export interface Arena {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  /** Copies values to memory; returns their address. */
  put(values: ArrayLike<number>): number;
  set(address: number, values: ArrayLike<number>): void;
  /** Room for an output, not a number until it is written; a number of floats. */
  room(count: number): number;
  /** Scratch memory of so many bytes, as the last two arguments of a kernel. */
  scratch(bytes: number): [start: number, end: number];
  read(address: number, count: number): Float32Array;
  /** @throws if a guard word was overwritten. */
  checkGuards(): void;
}

let compiled: WebAssembly.Module | undefined;

export function arena(pages = 8): Arena {
  const memory = new WebAssembly.Memory({ initial: pages });
  compiled ??= new WebAssembly.Module(kernelBinary(false) as BufferSource);
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const words = new Uint32Array(memory.buffer).fill(GUARD);
  const floats = new Float32Array(memory.buffer);
  const taken: [start: number, end: number][] = [];
  let top = GUARD_WORDS;
  const take = (count: number) => {
    const start = Math.ceil(top / 4) * 4; // multiples of 16 bytes
    top = start + count + GUARD_WORDS;
    assert.ok(top <= words.length, 'the test needs more pages');
    taken.push([start, start + count]);
    return 4 * start;
  };
  const set = (address: number, values: ArrayLike<number>) => floats.set(values, address / 4);
  return {
    kernels: exports as Kernels,
    memory,
    put(values) {
      const address = take(values.length);
      set(address, values);
      return address;
    },
    set,
    room: take,
    scratch(bytes) {
      const start = take(Math.ceil(bytes / 4));
      return [start, start + bytes];
    },
    read: (address, count) => floats.slice(address / 4, address / 4 + count),
    checkGuards() {
      let from = 0;
      for (const [start, end] of [...taken, [words.length, 0] as const]) {
        for (let i = from; i < start; i++)
          if (words[i] !== GUARD) assert.fail(`a guard word at ${4 * i} was overwritten`);
        from = end;
      }
    },
  };
}

/** Splits `total` into `shares` ranges, not all of one length; none is empty if there is enough. */
export function shareOut(total: number, shares: number): [start: number, count: number][] {
  const cut = (share: number) => (share === shares ? total : Math.floor((total * share * share) / shares / shares));
  const cuts = Array.from({ length: shares + 1 }, (_, share) => Math.max(cut(share), Math.min(share, total)));
  return cuts.slice(1).map((end, i) => [cuts[i], end - cuts[i]]);
}
