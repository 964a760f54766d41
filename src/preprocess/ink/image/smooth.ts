import type { Plane } from './plane.js';

/** Mean over 3 x 3 cells, the border's going on outside. */
export function smooth(colours: Float32Array, { width, height }: Pick<Plane, 'width' | 'height'>): Float32Array {
  const across = meanOfThree(colours, 4, width);
  return meanOfThree(across, width * 4, height);
}

/** Mean of each number, the one before and the one after along an axis of so many, `stride` apart. */
function meanOfThree(values: Float32Array, stride: number, length: number): Float32Array {
  const means = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(i / stride) % length;
    const before = at > 0 ? i - stride : i;
    const after = at < length - 1 ? i + stride : i;
    means[i] = ((values[before] ?? 0) + (values[i] ?? 0) + (values[after] ?? 0)) / 3;
  }
  return means;
}
