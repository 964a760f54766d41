/** RGBA pixels with straight alpha, row by row, as in ImageData. */
export interface Picture {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

/** A rectangle of a picture, in whole pixels. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}
