import type { Point } from '../../types.js';
import { inkFromStrokes } from '../ink/from-strokes.js';
import { emptyBox, growBox } from '../ink/image/box.js';
import { SIZE } from '../ink/render/mnist.js';
import { byPlace, typicalHeight } from './pieces.js';
import type { Writing } from './pieces.js';

/** The strokes of a pen, each of which belongs to one character. Undefined if there is no point. */
export function writingInStrokes(strokes: readonly (readonly Point[])[]): Writing | undefined {
  const drawn = strokes.filter((stroke) => stroke.length > 0);
  if (drawn.length === 0) return undefined;
  const boxes = drawn.map((stroke) => {
    const box = emptyBox();
    for (const [x = 0, y = 0] of stroke) growBox(box, x, y, x, y);
    return box;
  });
  const places = byPlace(boxes);
  const times = [...drawn.keys()];
  return {
    doubtful: [],
    pieces: () => ({
      pieces: boxes.map((box, i) => ({ box, points: () => (drawn[i] ?? []).map(([x = 0, y = 0]) => [x, y] as const) })),
      // What crosses a 4, a 5 or a 7 comes next, or when all has been written, and then lies where it belongs.
      orders: places.every((piece, i) => piece === i) ? [times] : [times, places],
      height: typicalHeight(boxes),
      pen: 0,
      draw: (chosen) => inkFromStrokes(chosen.map((i) => drawn[i] ?? [])) ?? new Float32Array(SIZE * SIZE),
    }),
  };
}
