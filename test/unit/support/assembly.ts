import assert from 'node:assert/strict';
import { binaries } from '../../../src/backends/wasm/assembly/binaries.js';
import { hasRelaxedSimd } from '../../../src/backends/wasm/features.js';
import { GEOMETRY_WORDS, writeGeometry } from '../../../src/backends/wasm/geometry.js';
import type { Geometry } from '../../../src/backends/wasm/geometry.js';
import { positional, scratchBytes } from '../../../src/backends/wasm/kernel-call.js';
import type { KernelCall } from '../../../src/backends/wasm/kernel-call.js';
import type { KernelExports } from '../../../src/backends/wasm/kernels.js';
import { run } from '../../../src/backends/wasm/named-arguments.js';
import { binaryOf } from '../../../src/backends/wasm/variants.js';

export type Variant = keyof (typeof binaries)[number];

/** Those that this engine can run. */
export const VARIANTS: readonly Variant[] = hasRelaxedSimd() ? ['simd', 'relaxed'] : ['simd'];

const GUARD = 0x7fc0dead; // as a float not a number, so that reading it shows as well as writing it
const GUARD_WORDS = 8;
const PAGE = 65536;

/**
 * Memory for kernels of the debug build, where every array lies between guard words and none at a multiple of 16 bytes
 * by luck. It starts anew with each arena of a variant, of which only the last one is of use.
 */
export interface Arena {
  readonly exports: KernelExports;
  /** Copies an input to memory; returns its address. No kernel may change it. */
  put(values: ArrayLike<number>): number;
  /** The same for what is worked on in place. */
  state(values: ArrayLike<number>): number;
  /** Room for so many floats of an output, not numbers until they are written. */
  room(count: number): number;
  geometry(geometry: Geometry): number;
  /** Puts other values into an array's place. */
  set(address: number, values: ArrayLike<number>): void;
  /** Runs a kernel with exactly the scratch memory it asks for, at the memory's end, beyond which reading would trap. */
  run(call: KernelCall): void;
  read(address: number, count: number): Float32Array;
  /** A view, good until memory grows. */
  floats(address: number, count: number): Float32Array;
  readWords(address: number, count: number): Int32Array;
  /** @throws if a guard word or an input was overwritten. */
  check(): void;
}

const opened = new Map<Variant, { memory: WebAssembly.Memory; exports: KernelExports }>();

function open(variant: Variant) {
  let found = opened.get(variant);
  if (!found) {
    const memory = new WebAssembly.Memory({ initial: 32 });
    const module = new WebAssembly.Module(binaryOf(binaries, variant));
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
    opened.set(variant, (found = { memory, exports }));
  }
  return found;
}

export function arena(variant: Variant = VARIANTS.at(-1) ?? 'simd'): Arena {
  const { memory, exports } = open(variant);
  const words = () => new Int32Array(memory.buffer);
  const floats = (address: number, count: number) => new Float32Array(memory.buffer, address, count);
  /** Words that kernels may change. */
  const writable: [start: number, end: number][] = [];
  const inputs = new Map<number, Int32Array>();
  let top = 0;
  let end = words().fill(GUARD).length; // of what lies below the scratch memory

  const take = (count: number): number => {
    const start = 4 * Math.ceil((top + GUARD_WORDS) / 4) + 1;
    top = start + count;
    const pages = Math.ceil((4 * (top + GUARD_WORDS)) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages > 0) {
      memory.grow(pages);
      words().fill(GUARD, end);
      end = words().length;
    }
    return 4 * start;
  };
  const write = (address: number, values: ArrayLike<number>): Int32Array => {
    if (values instanceof Int32Array) words().set(values, address / 4);
    else floats(address, values.length).set(values);
    return words().slice(address / 4, address / 4 + values.length);
  };
  const changing = (address: number, count: number): number => {
    writable.push([address / 4, address / 4 + count]);
    return address;
  };
  const put = (values: ArrayLike<number>): number => {
    const address = take(values.length);
    inputs.set(address, write(address, values));
    return address;
  };
  return {
    exports,
    put,
    state(values) {
      const address = take(values.length);
      write(address, values);
      return changing(address, values.length);
    },
    room: (count) => changing(take(count), count),
    geometry(geometry) {
      const record = new Int32Array(GEOMETRY_WORDS);
      writeGeometry(record, geometry);
      return put(record);
    },
    set(address, values) {
      const written = write(address, values);
      if (inputs.has(address)) inputs.set(address, written);
    },
    run(call) {
      const bytes = scratchBytes(exports, call);
      const spare = memory.buffer.byteLength - 16 * Math.ceil(bytes / 16) - 4 * (top + GUARD_WORDS);
      if (spare < 0) memory.grow(Math.ceil(-spare / PAGE));
      words().fill(GUARD, Math.min(end, words().length - Math.ceil(bytes / 4)));
      const scratch = memory.buffer.byteLength - 16 * Math.ceil(bytes / 16);
      end = scratch / 4;
      run(exports, call.kernel, positional(call, scratch, scratch + bytes));
    },
    read: (address, count) => floats(address, count).slice(),
    floats,
    readWords: (address, count) => words().slice(address / 4, address / 4 + count),
    check() {
      const used = top + GUARD_WORDS;
      const expected = new Int32Array(used).fill(GUARD);
      const actual = words().slice(0, used);
      for (const [from, to] of writable) actual.fill(GUARD, from, to);
      for (const [address, values] of inputs) expected.set(values, address / 4);
      assertSame(actual, expected, 0);
      assertSame(words().subarray(used, end), guards(end - used), used);
    },
  };
}

/** @param start Of the words in memory. */
function assertSame(actual: Int32Array, expected: Int32Array, start: number): void {
  const bytes = ({ buffer, byteOffset, byteLength }: Int32Array) => new Uint8Array(buffer, byteOffset, byteLength);
  if (Buffer.compare(bytes(actual), bytes(expected)) === 0) return;
  const at = actual.findIndex((word, i) => word !== expected[i]);
  assert.fail(`what lies at ${4 * (start + at)} was overwritten`);
}

let allGuards = new Int32Array();

function guards(count: number): Int32Array {
  if (allGuards.length < count) allGuards = new Int32Array(count).fill(GUARD);
  return allGuards.subarray(0, count);
}

/** Splits `total` into `shards` ranges, not all of one length; none is empty if there is enough. */
export function shareOut(total: number, shards: number): [start: number, count: number][] {
  const cut = (shard: number) => {
    const start = shard === shards ? total : Math.floor((total * shard * shard) / shards / shards);
    return Math.max(start, Math.min(shard, total));
  };
  return Array.from({ length: shards }, (_, shard) => [cut(shard), cut(shard + 1) - cut(shard)]);
}
