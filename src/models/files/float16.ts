// Half precision (IEEE 754 binary16: sign, 5 bits of exponent, 10 of mantissa) and bfloat16 (the upper half of a
// float32), bit by bit: Float16Array is too new to rely on.

/** Turns float16 bits into float32, exactly. */
export function float16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] ?? 0;
    const sign = (half & 0x8000) << 16;
    const magnitude = (half & 0x7fff) << 13;
    if (magnitude >= 0x0f800000) {
      bits[i] = sign | magnitude | 0x7f800000; // infinity, NaN
    } else {
      bits[i] = sign | magnitude;
      floats[i] = (floats[i] ?? 0) * 2 ** 112; // moves the exponent's bias from 15 to 127, for subnormals as well
    }
  }
  return floats;
}

/** Turns float32 into float16 bits, rounding to nearest, ties to even; what is too large becomes infinity. */
export function float32ToFloat16(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(floats.length);
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const scratch = new Float32Array(1);
  const scratchBits = new Uint32Array(scratch.buffer);
  for (let i = 0; i < floats.length; i++) {
    const float = bits[i] ?? 0;
    const sign = (float >>> 16) & 0x8000;
    const magnitude = float & 0x7fffffff;
    let half: number;
    if (magnitude > 0x7f800000) {
      half = 0x7e00; // NaN
    } else if (magnitude >= 0x47800000) {
      half = 0x7c00; // 2^16 and more
    } else if (magnitude < 0x38800000) {
      // Below 2^-14 the result is subnormal. Next to 0.5 a float32 has the spacing of a subnormal half, 2^-24, so that
      // the addition rounds as wanted and leaves the mantissa in the lowest bits.
      scratch[0] = Math.abs(floats[i] ?? 0) + 0.5;
      half = (scratchBits[0] ?? 0) - 0x3f000000;
    } else {
      const odd = (magnitude >>> 13) & 1;
      half = (magnitude - 0x38000000 + 0xfff + odd) >>> 13; // a carry out of the mantissa belongs into the exponent
    }
    halves[i] = sign | half;
  }
  return halves;
}

/** Turns bfloat16 bits into float32, exactly. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}
