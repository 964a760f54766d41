import type { Box } from '../ink/image/box.js';

/** Ink that belongs to one character as a whole: a stroke, or a part of what a picture shows. */
export interface Piece {
  /** Around it, in the input's own units. */
  box: Box;
  /** Where ink was cut to make it: from which piece, and through how much of it, in widths of the pen. */
  cut?: { from: number; ink: number } | undefined;
  /** Some points of it, [x, y] in the input's units. */
  points: () => (readonly [x: number, y: number])[];
}

/** What somebody has written, in pieces. */
export interface Pieces {
  pieces: Piece[];
  /** Orders in which the pieces of a character follow each other: by time, if that is known, and by place. */
  orders: number[][];
  /** How high characters are, and how wide the pen is, in the input's units; 0 where boxes are around its middle. */
  height: number;
  pen: number;
  /** Some pieces as a network sees them: [28, 28]. What was doubtful and is not cut comes as the same array. */
  draw(pieces: readonly number[]): Float32Array;
}

/** What somebody has written, before it is cut. */
export interface Writing {
  /** What may be one character or several that touch, as a network sees it: [28, 28] each. */
  doubtful: Float32Array[];
  /** @param isOne Which of the doubtful are surely one character, and are not cut. */
  pieces(isOne: readonly boolean[]): Pieces;
}

/** The order from left to right, by the middles of boxes. */
export function byPlace(boxes: readonly Box[]): number[] {
  const middles = boxes.map(({ left, right }) => left + right);
  return boxes.map((_, i) => i).sort((a, b) => (middles[a] ?? 0) - (middles[b] ?? 0));
}

/** The median of heights that weigh as much as they are large, so that dots and dashes have little to say. */
export function typicalHeight(boxes: readonly Box[]): number {
  const heights = boxes.map(({ top, bottom }) => bottom - top).sort((a, b) => a - b);
  let left = heights.reduce((sum, height) => sum + height, 0) / 2;
  return heights.find((height) => (left -= height) <= 0) ?? 0;
}
