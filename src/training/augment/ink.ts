import type { Augment } from './augment.js';
import type { InkStrengths } from '../../types.js';
import { redraw, splineField, VARIANCE } from './spline.js';
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
  const [fieldX, fieldY] = [splineField(height, width), splineField(height, width)]; // how far each pixel moves
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
    if (elastic > 0) for (const field of [fieldX, fieldY]) redraw(field, () => draw(reach));
    warp(image, height, width, affine, moveX, moveY, fieldX.values, fieldY.values, target, to);
  };
}

function pad(source: Float32Array, from: number, padded: Float32Array, height: number, width: number): void {
  for (let y = 0; y < height; y++) {
    const write = (y + PAD) * (width + 2 * PAD) + PAD;
    for (let x = 0, read = from + y * width; x < width; x++, read++) padded[write + x] = source[read] ?? 0;
  }
}

type Matrix = readonly [xx: number, xy: number, yx: number, yy: number];

/** What undoes a scaling, a slant and a rotation: the matrix from a target's place to its source. */
function inverse(angle: number, slant: number, zoom: number, stretch: number): Matrix {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [alongX, alongY] = [1 / (zoom * stretch), stretch / zoom];
  return [(cos + slant * sin) * alongX, (sin - slant * cos) * alongX, -sin * alongY, cos * alongY];
}

/** target(p) = image(affine · (p - centre - move) + centre + field(p)), bilinear, clamped to the padding. */
function warp(
  image: Float32Array,
  height: number,
  width: number,
  [xx, xy, yx, yy]: Matrix,
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
      let atX = lineX + (fieldX[pixel] ?? 0);
      let atY = lineY + (fieldY[pixel] ?? 0);
      atX = atX < 0 ? 0 : atX > lastX ? lastX : atX;
      atY = atY < 0 ? 0 : atY > lastY ? lastY : atY;
      const left = atX | 0;
      const top = atY | 0;
      const i = top * stride + left;
      const upper = between(image, i, atX - left);
      const lower = between(image, i + stride, atX - left);
      target[to + pixel] = upper + (atY - top) * (lower - upper);
    }
  }
}

/** The value at a share of the way from one pixel to the next. */
function between(image: Float32Array, pixel: number, share: number): number {
  const value = image[pixel] ?? 0;
  return value + share * ((image[pixel + 1] ?? 0) - value);
}
