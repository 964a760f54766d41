// Convolutions by their definition, in float64: what kernels are compared with.

export interface Geometry {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  kernel: [height: number, width: number];
  stride: [height: number, width: number];
  /** Zeros above, below, left and right. */
  pad: [top: number, bottom: number, left: number, right: number];
}

export function outputSize({ height, width, kernel, stride, pad }: Geometry): [height: number, width: number] {
  return [
    Math.floor((height + pad[0] + pad[1] - kernel[0]) / stride[0]) + 1,
    Math.floor((width + pad[2] + pad[3] - kernel[1]) / stride[1]) + 1,
  ];
}

/** TensorFlow's 'same': as many outputs as strides fit into the input, the odd zero below and on the right. */
export function samePad({ height, width, kernel, stride }: Omit<Geometry, 'pad'>): Geometry['pad'] {
  const [rows, columns] = [height, width].map((length, axis) =>
    Math.max(0, (Math.ceil(length / stride[axis]) - 1) * stride[axis] + kernel[axis] - length),
  );
  return [rows >> 1, rows - (rows >> 1), columns >> 1, columns - (columns >> 1)];
}

/** Calls `visit` for every product of a convolution with the flat index of its three factors. */
function eachProduct(geometry: Geometry, visit: (x: number, filter: number, y: number) => void): void {
  const { batch, height, width, inChannels, outChannels, kernel, stride, pad } = geometry;
  const [outHeight, outWidth] = outputSize(geometry);
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let ky = 0; ky < kernel[0]; ky++)
          for (let kx = 0; kx < kernel[1]; kx++) {
            const iy = oy * stride[0] + ky - pad[0];
            const ix = ox * stride[1] + kx - pad[2];
            if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
            for (let i = 0; i < inChannels; i++)
              for (let o = 0; o < outChannels; o++)
                visit(
                  ((n * height + iy) * width + ix) * inChannels + i,
                  ((ky * kernel[1] + kx) * inChannels + i) * outChannels + o,
                  ((n * outHeight + oy) * outWidth + ox) * outChannels + o,
                );
          }
}

/** y [N, Ho, Wo, O] of x [N, H, W, I] and filter [Kh, Kw, I, O]. */
export function convolve(x: ArrayLike<number>, filter: ArrayLike<number>, geometry: Geometry): Float64Array {
  const [outHeight, outWidth] = outputSize(geometry);
  const result = new Float64Array(geometry.batch * outHeight * outWidth * geometry.outChannels);
  eachProduct(geometry, (atX, atFilter, atY) => (result[atY] += x[atX] * filter[atFilter]));
  return result;
}

/** The gradient [Kh, Kw, I, O] by the filter, of x [N, H, W, I] and the output's gradient dy [N, Ho, Wo, O]. */
export function filterGradient(x: ArrayLike<number>, dy: ArrayLike<number>, geometry: Geometry): Float64Array {
  const { kernel, inChannels, outChannels } = geometry;
  const result = new Float64Array(kernel[0] * kernel[1] * inChannels * outChannels);
  eachProduct(geometry, (atX, atFilter, atY) => (result[atFilter] += x[atX] * dy[atY]));
  return result;
}

/** The gradient [N, H, W, I] by the input, of the output's gradient dy [N, Ho, Wo, O] and filter [Kh, Kw, I, O]. */
export function inputGradient(dy: ArrayLike<number>, filter: ArrayLike<number>, geometry: Geometry): Float64Array {
  const { batch, height, width, inChannels } = geometry;
  const result = new Float64Array(batch * height * width * inChannels);
  eachProduct(geometry, (atX, atFilter, atY) => (result[atX] += dy[atY] * filter[atFilter]));
  return result;
}
