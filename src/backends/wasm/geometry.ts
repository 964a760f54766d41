/** What a convolution or a pool does to an image. A pool's kernel is its window, and both its channels are the image's. */
export interface Geometry {
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  kernelH: number;
  kernelW: number;
  strideH: number;
  strideW: number;
  /** Zeros above an image and on its left; below and on the right there are as many as the output's size needs. */
  top: number;
  left: number;
  outH: number;
  outW: number;
}

/** 32-bit words of a geometry in the kernels' memory. */
export const GEOMETRY_WORDS = 12;

/** Writes a geometry as the kernels read it (assembly/geometry.ts). */
export function writeGeometry(words: Int32Array, geometry: Geometry): void {
  const { height, width, inChannels, outChannels, kernelH, kernelW, strideH, strideW } = geometry;
  const { top, left, outH, outW } = geometry;
  words.set([height, width, inChannels, outChannels, kernelH, kernelW, strideH, strideW, top, left, outH, outW]);
}
