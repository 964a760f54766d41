import { binaries } from './assembly/binaries.js';
import { binaries as official } from './assembly/tfjs.binaries.js';
import { hasRelaxedSimd } from './features.js';

const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
const memory = [1, ...text('env'), ...text('memory'), 2]; // one import, a memory
// The import section (id 2, size, contents): a memory of at least one page, and the same shared, of at most 65,536.
const PLAIN = [2, memory.length + 2, ...memory, 0, 1];
const SHARED = [2, memory.length + 5, ...memory, 3, 1, 0x80, 0x80, 0x04];

/** A kernel module's binaries, in hexadecimal: the pieces of its variants side by side. */
export type Binaries = typeof binaries;

/** The kernels of our own engine, for this browser. */
export const kernelBinary = (isShared: boolean): Uint8Array => variantHere(binaries, isShared);

/** Those behind tfjs's official names. */
export const tfjsKernelBinary = (isShared: boolean): Uint8Array => variantHere(official, isShared);

/** The code is the same for shared memory; only the import's type differs. */
function variantHere(binaries: Binaries, isShared: boolean): Uint8Array {
  const plain = binaryOf(binaries, hasRelaxedSimd() ? 'relaxed' : 'simd');
  if (!isShared) return plain;
  const at = plain.findIndex((_, i) => PLAIN.every((byte, j) => plain[i + j] === byte));
  return Uint8Array.from([...plain.subarray(0, at), ...SHARED, ...plain.subarray(at + PLAIN.length)]);
}

/** One variant, for memory that is not shared. */
export function binaryOf(binaries: Binaries, variant: keyof Binaries[number]): Uint8Array<ArrayBuffer> {
  const hex = binaries.map((piece) => piece[variant]).join('');
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
