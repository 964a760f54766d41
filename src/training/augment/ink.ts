import type { Augment } from './augment.js';
import type { InkStrengths } from '../../types.js';
import { controlPoints, interpolate, VARIANCE } from './spline.js';
import { thicken } from './thicken.js';

/** Pixels of background around a picture, so that the four neighbours of any clamped position lie within. */
const PAD = 2;

/**
 * Random affine and elastic distortion (Simard, Steinkraus and Platt 2003) in one pass of bilinear sampling, after the
 * strokes were made thicker or thinner. Values may be of any scale on which ink is above the background.
 * @param background Value outside of the picture.
 */
export function inkAugment(height: number, width: number, background: number, strengths: InkStrengths): Augment {
  const { rotation, scale, aspect, shear, shift, elastic, thickness } = strengths;
  const stride = width + 2 * PAD;
  const padded = new Float32Array(stride * (height + 2 * PAD)).fill(background);
  const thickened = padded.slice();
  // How far along x, and along y: of each control point, and of each pixel.
  const grids = [0, 1].map(() => new Float32Array(controlPoints(height) * controlPoints(width)));
  const fields = grids.map(() => new Float32Array(height * width));
  const reach = (elastic * Math.sqrt(3)) / VARIANCE; // an even draw's, for a field of this deviation

  return (source, from, target, to, next) => {
    const draw = (most: number): number => (2 * next() - 1) * most;
    pad(source, from, padded, height, width);
    const image = thickness > 0 ? thicken(padded, thickened, stride, PAD, background, draw(thickness)) : padded;
    const affine = inverse(
      draw((rotation * Math.PI) / 180),
      draw(shear),
      Math.exp(draw(Math.log1p(scale))),
      Math.exp(draw(Math.log1p(aspect)) / 2),
    );
    const [moveX, moveY] = [draw(shift), draw(shift)];
    if (elastic > 0) {
      for (let axis = 0; axis < 2; axis++) {
        for (let i = 0; i < grids[axis].length; i++) grids[axis][i] = draw(reach);
        interpolate(grids[axis], height, width, fields[axis]);
      }
    }
    warp(image, height, width, affine, moveX, moveY, fields[0], fields[1], target, to);
  };
}

function pad(source: Float32Array, from: number, padded: Float32Array, height: number, width: number): void {
  for (let y = 0; y < height; y++) {
    const write = (y + PAD) * (width + 2 * PAD) + PAD;
    for (let x = 0; x < width; x++) padded[write + x] = source[from + y * width + x];
  }
}

/** What undoes a scaling, a slant and a rotation: the matrix [xx, xy, yx, yy] from a target's place to its source. */
function inverse(angle: number, slant: number, zoom: number, stretch: number): Float64Array {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [alongX, alongY] = [1 / (zoom * stretch), stretch / zoom];
  return Float64Array.of((cos + slant * sin) * alongX, (sin - slant * cos) * alongX, -sin * alongY, cos * alongY);
}

/** target(p) = image(affine · (p - centre - move) + centre + field(p)), bilinear, clamped to the padding. */
function warp(
  image: Float32Array,
  height: number,
  width: number,
  [xx, xy, yx, yy]: Float64Array,
  moveX: number,
  moveY: number,
  fieldX: Float32Array,
  fieldY: Float32Array,
  target: Float32Array,
  to: number,
): void {
  const stride = width + 2 * PAD;
  const lastX = stride - 2;
  const lastY = height + 2 * PAD - 2;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let y = 0, pixel = 0; y < height; y++) {
    const down = y - middleY - moveY;
    let lineX = xx * (-middleX - moveX) + xy * down + middleX + PAD;
    let lineY = yx * (-middleX - moveX) + yy * down + middleY + PAD;
    for (let x = 0; x < width; x++, pixel++, lineX += xx, lineY += yx) {
      let atX = lineX + fieldX[pixel];
      let atY = lineY + fieldY[pixel];
      atX = atX < 0 ? 0 : atX > lastX ? lastX : atX;
      atY = atY < 0 ? 0 : atY > lastY ? lastY : atY;
      const left = atX | 0;
      const top = atY | 0;
      const i = top * stride + left;
      const upper = image[i] + (atX - left) * (image[i + 1] - image[i]);
      const lower = image[i + stride] + (atX - left) * (image[i + stride + 1] - image[i + stride]);
      target[to + pixel] = upper + (atY - top) * (lower - upper);
    }
  }
}
