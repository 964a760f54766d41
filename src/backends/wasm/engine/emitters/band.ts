import type { Geometry } from '../../geometry.js';

/** Rows of a convolution's output, as a convolution of its own. */
export interface Band {
  geometry: Geometry;
  /** Rows of the image above those that it reads. */
  skipped: number;
}

/** `count` rows of the output from `first` on. Padding is narrower than the filter, so each row reads some of the image. */
export function bandOf(geometry: Geometry, first: number, count: number): Band {
  const start = first * geometry.strideH - geometry.top;
  const end = start + (count - 1) * geometry.strideH + geometry.kernelH;
  const skipped = Math.max(0, start);
  const height = Math.min(geometry.height, end) - skipped;
  return { geometry: { ...geometry, height, top: Math.max(0, -start), outH: count }, skipped };
}
