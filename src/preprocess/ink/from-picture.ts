import type { Picture } from '../picture.js';
import { longerSide } from './image/box.js';
import { distanceTo } from './image/distance-transform.js';
import { findInk } from './find/find-ink.js';
import { fitScale } from './render/fit.js';
import { crop } from './image/grid.js';
import { PEN } from './render/mnist.js';
import { moveEdge } from './render/move-edge.js';
import { penWidth } from './render/pen-width.js';
import { renderCoverage } from './render/render.js';

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
  const side = longerSide(box);
  const margin = 2 + Math.ceil(side * 0.1); // the edge moves by half a pen, under a tenth of the box
  const mask = crop(ink.mask, box, margin);
  const inside = distanceTo(0, mask);
  const pen = penWidth(mask, inside);
  const scale = Math.min(1, fitScale(side - pen, pen));
  const coverage = moveEdge(mask, inside, (PEN / scale - pen) / 2);
  return renderCoverage({ ...mask, cells: coverage }, scale);
}
