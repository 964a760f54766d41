import { binaries } from './assembly/binaries.js';
import { binaries as official } from './assembly/tfjs.binaries.js';
import { hasRelaxedSimd } from './features.js';

const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
const memory = [1, ...text('env'), ...text('memory'), 2]; // one import, a memory
// The import section (id 2, size, contents): a memory of at least one page, and the same shared, of at most 65,536.
const PLAIN = [2, memory.length + 2, ...memory, 0, 1];
const SHARED = [2, memory.length + 5, ...memory, 3, 1, 0x80, 0x80, 0x04];

/** The kernels of our own engine, for this browser. */
export const kernelBinary = (isShared: boolean): Uint8Array => variantOf(binaries, isShared);

/** Those behind tfjs's official names. */
export const tfjsKernelBinary = (isShared: boolean): Uint8Array => variantOf(official, isShared);

/** The code is the same for shared memory; only the import's type differs. */
function variantOf(binaries: Record<'simd' | 'relaxed', string>, isShared: boolean): Uint8Array {
  const base64 = binaries[hasRelaxedSimd() ? 'relaxed' : 'simd'];
  const plain = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (!isShared) return plain;
  const at = plain.findIndex((_, i) => PLAIN.every((byte, j) => plain[i + j] === byte));
  return Uint8Array.from([...plain.subarray(0, at), ...SHARED, ...plain.subarray(at + PLAIN.length)]);
}
