// WebAssembly features, told by validating the smallest module that uses each; nothing is compiled or run.

// In hex, a module of one function of type () -> v128, up to its code.
const FUNCTION = '0061736d 01000000 0105016000017b 03020100';
const SPLAT = '4100 fd0f'; // i32.const 0, i8x16.splat

/** 128-bit SIMD, in every browser of today. */
export function hasSimd(): boolean {
  return isValid(`0a080106 00 ${SPLAT} 0b`);
}

/** Fused multiply-add, in one rounding where the CPU has it: f32x4.relaxed_madd of three vectors. */
export function hasRelaxedSimd(): boolean {
  return isValid(`0a130111 00 ${SPLAT} ${SPLAT} ${SPLAT} fd8502 0b`);
}

/** @param code The module's code section, in hex. */
function isValid(code: string): boolean {
  const bytes = `${FUNCTION} ${code}`.match(/\w\w/g) ?? [];
  return WebAssembly.validate(Uint8Array.from(bytes, (byte) => parseInt(byte, 16)));
}

/** Whether threads can share a WebAssembly memory here. Some WebKit builds are isolated and yet have no shared memory. */
export function hasThreads(): boolean {
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== true) return false;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}
