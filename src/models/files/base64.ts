import { float16ToFloat32, float32ToFloat16 } from './float16.js';

/** Numbers as text for a model file's metadata: float16, in base64. */
export function toBase64(values: Float32Array): string {
  const bytes = new Uint8Array(float32ToFloat16(values).buffer);
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}

/** Whether float16 holds these numbers. */
export function isPackable(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) < 65_520);
}

/** Undefined for anything but finite float16 numbers in base64. */
export function fromBase64(text: unknown): Float32Array | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const values = float16ToFloat32(new Uint16Array(bytes.buffer)); // throws for half a number
    return values.every(Number.isFinite) ? values : undefined;
  } catch {
    return undefined;
  }
}
