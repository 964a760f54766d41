import type { Box } from './box.js';
import type { Colour } from './colour.js';

/** Part of a picture on square cells. */
export interface Plane {
  width: number;
  height: number;
  /** Side of a cell, in pixels of the picture; may be a fraction. */
  cell: number;
  /** Upper left corner of the first cell, in pixels of the picture. */
  x: number;
  y: number;
  /** Of each cell, premultiplied by alpha, 0 to 255: [height, width, 4]. */
  colours: Float32Array;
  /** All cells outside of this box have the colour `base`: most of a canvas that somebody drew on. */
  changed: Box;
  base: Colour;
}

/** So many cells of one colour: [cells, 4]. */
export function uniform(colour: Colour, cells: number): Float32Array {
  const colours = new Float32Array(cells * 4);
  if (colour.every((channel) => channel === 0)) return colours;
  colours.set(colour);
  for (let done = 4; done < colours.length; done *= 2) colours.copyWithin(done, 0, done);
  return colours;
}
