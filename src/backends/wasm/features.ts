// WebAssembly features, told by validating the smallest module that uses each; nothing is compiled or run.

// One function of type () -> v128 whose body is i32.const 0, i8x16.splat.
// prettier-ignore
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];

/** 128-bit SIMD, in every browser of today. */
export function hasSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(SIMD));
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

// The same with f32x4.relaxed_madd: i32.const 0, i8x16.splat three times, then the instruction.
// prettier-ignore
const RELAXED_SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11,
];

/** Fused multiply-add, in one rounding where the CPU has it. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED_SIMD));
}
