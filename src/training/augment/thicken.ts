/** Thinning leaves at least this share of the ink, or fine strokes would vanish. */
const LEAST_INK = 0.6;

/**
 * Moves the edges of strokes by a fraction of a pixel: grey-scale dilation (or erosion, below 0) by a pixel's four
 * neighbours, blended with the image.
 * @param image [rows, stride] with a border of background `pad` wide.
 * @param result Of the same size, with the same border, which stays.
 * @param pixels -1 to 1.
 * @returns `result`
 */
export function thicken(
  image: Float32Array,
  result: Float32Array,
  stride: number,
  pad: number,
  background: number,
  pixels: number,
): Float32Array {
  const end = image.length - pad * stride;
  let ink = 0;
  let moved = 0;
  for (let row = pad * stride; row < end; row += stride) {
    let left = background;
    let centre = image[row + pad] ?? background;
    for (let i = row + pad; i < row + stride - pad; i++) {
      const right = image[i + 1] ?? background;
      const above = image[i - stride] ?? background;
      const below = image[i + stride] ?? background;
      let extreme = centre;
      if (pixels > 0) {
        if (left > extreme) extreme = left;
        if (right > extreme) extreme = right;
        if (above > extreme) extreme = above;
        if (below > extreme) extreme = below;
      } else {
        if (left < extreme) extreme = left;
        if (right < extreme) extreme = right;
        if (above < extreme) extreme = above;
        if (below < extreme) extreme = below;
      }
      const change = Math.abs(pixels) * (extreme - centre);
      result[i] = centre + change;
      ink += centre - background;
      moved += change;
      left = centre;
      centre = right;
    }
  }
  const most = (1 - LEAST_INK) * ink;
  if (-moved > most && most > 0) blend(result, image, most / -moved);
  return result;
}

/** Leaves a share of what `result` differs from `image` by. */
function blend(result: Float32Array, image: Float32Array, share: number): void {
  for (let i = 0; i < image.length; i++) {
    const start = image[i] ?? 0;
    result[i] = start + share * ((result[i] ?? 0) - start);
  }
}
