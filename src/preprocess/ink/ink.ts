import { findInk } from './find.js';
import { fitScale, renderCoverage } from './fit.js';
import { crop, distanceTo } from './mask.js';
import { PEN } from './mnist.js';
import { moveEdge, penWidth } from './pen.js';
import type { Picture } from '../sample.js';

/**
 * Reads a drawing as MNIST was made: the ink is found whatever its colour, size and place, cropped, fitted into
 * 20 x 20, drawn as with a pen of MNIST's width and centred by mass.
 *
 * @returns [28, 28], ink 1 on 0; undefined if there is no ink.
 */
export function inkFromPicture(picture: Picture): Float32Array | undefined {
  const ink = findInk(picture);
  if (!ink) return undefined;
  const { box } = ink;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const margin = 2 + Math.ceil(Math.max(width, height) * 0.1); // the edge moves by half a pen, under a tenth of the box
  const mask = crop(ink.mask, box, margin);
  const inside = distanceTo(0, mask);
  const pen = penWidth(mask, inside);
  const scale = Math.min(1, fitScale(Math.max(width, height) - pen, pen));
  const coverage = moveEdge(mask, inside, (PEN / scale - pen) / 2);
  return renderCoverage(coverage, mask.width, mask.height, scale);
}
