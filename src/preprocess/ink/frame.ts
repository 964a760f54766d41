import type { Plane, Region } from '../sample.js';
import { colourDistance } from './surface.js';

/** A frame lies in this outermost share of the shorter side, and rounds its corners by no more. */
const REACH = 0.1;

/** Fewer cells across have no room for a frame. */
const SMALLEST = 8;

/** Colours no further apart are the same; distances as in `Contrast`. */
const SAME = 2;

/** How much of a line has one colour: all but specks; where the frame goes all around, all but ink that crosses it. */
const UNBROKEN = 0.97;
const CROSSED = 0.85;

/** Left, top, right, bottom. */
const SIDES = [0, 1, 2, 3];

/**
 * The part of a region inside a frame around it; all of it if there is none. From the edge of the picture to the inner
 * edge of a frame every line of cells has one colour: no hand draws that straight. Lines on only some of the sides must
 * go on to the edge, or to each other, and nothing of their colour may touch them: it could be a 7 drawn too large.
 */
export function insideFrame(plane: Plane, region: Region): Region {
  const { width, height, cell, colours } = plane;
  const shorter = Math.min(width, height);
  if (shorter < SMALLEST) return region;
  const reach = Math.ceil(REACH * shorter);
  const { left, top, right, bottom } = plane.busy;
  if (Math.min(left, top, width - right, height - bottom) > reach) return region;
  const paper = medianColour(colours, middleCells(plane, 2 * reach));
  const differs = (cells: Float32Array, i: number) => colourDistance(cells, i, paper) > SAME;

  const step = Math.ceil(shorter / 40); // enough to see where there could be lines
  const candidates = SIDES.map((side) => {
    const outside = (depth: number) =>
      differs(medianColour(colours, line(plane, side, depth, 2 * reach, 2 * reach, step)), 0);
    let first = 0;
    while (first < reach && !outside(first)) first++;
    let end = first;
    while (end <= reach && outside(end)) end++;
    return end > first && end <= reach ? end : 0;
  });
  if (candidates.every((depth) => depth === 0)) return region;

  const isFrame = (side: number, share: number) => {
    const [before, after] = (side % 2 === 0 ? [1, 3] : [0, 2]).map((s) => candidates[s] && candidates[s] + reach);
    const cells = (depth: number) => line(plane, side, depth, before, after);
    const lines = Array.from({ length: candidates[side] }, (_, depth) => cells(depth));
    const medians = lines.map((of) => medianColour(colours, of));
    const contrasts = medians.map((colour) => colourDistance(colour, 0, paper));
    const contrast = Math.max(...contrasts);
    const straight = lines.every((of, n) => {
      const limit = Math.max(SAME, contrast / 4);
      return of.filter((i) => colourDistance(colours, i, medians[n]) <= limit).length >= share * of.length;
    });
    if (!straight || share === CROSSED) return straight;
    const colour = medians[contrasts.indexOf(contrast)];
    return !cells(candidates[side]).some((i) => {
      const contrastHere = colourDistance(colours, i, paper);
      const between = colourDistance(colours, i, colour) + contrastHere < 1.1 * contrast; // a mixture of the two
      return between && contrastHere > contrast / 4;
    });
  };
  const around = SIDES.every((side) => candidates[side] > 0 && isFrame(side, CROSSED));
  const depths = candidates.map((depth, side) => (around || (depth > 0 && isFrame(side, UNBROKEN)) ? depth : 0));
  if (depths.every((depth) => depth === 0)) return region;

  const rounding = cornerDepth(plane, depths, reach, differs);
  const insets = depths.map((depth) => depth && depth + rounding);
  const x = region.x + insets[0] * cell;
  const y = region.y + insets[1] * cell;
  return {
    x,
    y,
    width: region.x + Math.min(region.width, (width - insets[2]) * cell) - x,
    height: region.y + Math.min(region.height, (height - insets[3]) * cell) - y,
  };
}

/** How much further rounded corners reach in, on a diagonal: as far as the least, for they are all equally round. */
function cornerDepth(
  plane: Plane,
  depths: number[],
  reach: number,
  differs: (colours: Float32Array, cell: number) => boolean,
): number {
  const corners = [0, 2].flatMap((s) => [1, 3].map((t) => [s, t])).filter(([s, t]) => depths[s] > 0 && depths[t] > 0);
  const far = corners.map(([s, t]) => {
    let more = reach;
    for (; more > 0; more--) {
      const x = s === 0 ? depths[s] + more - 1 : plane.width - depths[s] - more;
      if (differs(plane.colours, line(plane, t, depths[t] + more - 1, x, 0)[0])) break;
    }
    return more;
  });
  return corners.length > 0 ? Math.min(...far) : 0;
}

/** The cells of a line `depth` cells from a side, every `step`th, without so many at its beginning and end. */
function line(
  { width, height }: Plane,
  side: number,
  depth: number,
  before: number,
  after: number,
  step = 1,
): number[] {
  const across = side % 2 === 1;
  const fixed = side < 2 ? depth : (across ? height : width) - 1 - depth;
  const cells: number[] = [];
  for (let n = before; n < (across ? width : height) - after; n += step) {
    cells.push(across ? fixed * width + n : n * width + fixed);
  }
  return cells;
}

/** Enough cells for a median, without those so near to the edge. */
function middleCells(plane: Plane, margin: number): number[] {
  const step = Math.max(1, Math.floor(Math.min(plane.width, plane.height) / 24));
  const cells: number[] = [];
  for (let y = margin; y < plane.height - margin; y += step) cells.push(...line(plane, 1, y, margin, margin, step));
  return cells;
}

/** Each channel's median; the upper one of an even number. */
function medianColour(colours: Float32Array, cells: number[]): Float32Array {
  const values = new Float32Array(cells.length);
  const median = (channel: number) => {
    for (let n = 0; n < cells.length; n++) values[n] = colours[cells[n] * 4 + channel];
    return values.sort()[cells.length >> 1];
  };
  return Float32Array.of(median(0), median(1), median(2), median(3));
}
