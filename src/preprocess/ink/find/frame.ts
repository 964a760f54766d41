import type { Region } from '../../picture.js';
import type { Colour } from '../image/colour.js';
import { colourAt, colourDistance, medianColour } from '../image/colour.js';
import type { Side } from './lines.js';
import { cellFrom, eachSide, isUpright, line, middleCells, SIDES, type Sides } from './lines.js';
import type { Plane } from '../image/plane.js';

/** A frame lies in this outermost share of the shorter side, and rounds its corners by no more. */
const REACH = 0.1;

/** Fewer cells across have no room for a frame. */
const SMALLEST = 8;

/** Colours no further apart are the same; distances as in `Contrast`. */
const SAME = 2;

/** How much of a line has one colour: all but specks; where the frame goes all around, all but ink that crosses it. */
const UNBROKEN = 0.97;
const CROSSED = 0.85;

/** A plane in whose outermost cells, as far as `reach`, a frame is looked for on `paper`. */
interface Search {
  plane: Plane;
  paper: Colour;
  reach: number;
}

/**
 * The part of a region inside a frame around it; all of it if there is none. From the edge of the picture to the inner
 * edge of a frame every line of cells has one colour: no hand draws that straight. Lines on only some of the sides must
 * go on to the edge, or to each other, and nothing of their colour may touch them: it could be a 7 drawn too large.
 */
export function insideFrame(plane: Plane, region: Region): Region {
  const { width, height, colours, changed } = plane;
  const shorter = Math.min(width, height);
  if (shorter < SMALLEST) return region;
  const reach = Math.ceil(REACH * shorter);
  if (Math.min(changed.left, changed.top, width - changed.right, height - changed.bottom) > reach) return region;
  const search = { plane, paper: medianColour(colours, middleCells(plane, 2 * reach)), reach };

  const candidates = eachSide((side) => candidateDepth(search, side));
  const lines = eachSide((side) => linesOf(search, candidates, side));
  const isClosed = SIDES.every((side) => isStraight(search, lines[side], CROSSED));
  const depths = eachSide((side) =>
    isClosed || standsAlone(search, candidates, side, lines[side]) ? candidates[side] : 0,
  );
  if (SIDES.every((side) => depths[side] === 0)) return region;

  const rounding = cornerDepth(search, depths);
  const insets = eachSide((side) => (depths[side] > 0 ? depths[side] + rounding : 0));
  return inset(plane, region, insets);
}

/** How many cells from the edge a frame on a side would end, 0 if there is none; from a few cells of each line. */
function candidateDepth({ plane, paper, reach }: Search, side: Side): number {
  const step = Math.ceil(Math.min(plane.width, plane.height) / 40); // enough to see where there could be lines
  const differs = (depth: number): boolean => {
    const colour = medianColour(plane.colours, line(plane, side, depth, 2 * reach, 2 * reach, step));
    return colourDistance(colour, paper) > SAME;
  };
  let first = 0;
  while (first < reach && !differs(first)) first++;
  let end = first;
  while (end <= reach && differs(end)) end++;
  return end > first && end <= reach ? end : 0;
}

/** A line of cells along a side. */
interface Line {
  cells: number[];
  median: Colour;
  /** Distance of its median to the paper. */
  contrast: number;
}

/** The lines from a side's edge to where its frame would end, between what the frames of other sides would take. */
function linesOf(search: Search, candidates: Sides<number>, side: Side): Line[] {
  return Array.from({ length: candidates[side] }, (_, depth) => {
    const cells = lineBetween(search, candidates, side, depth);
    const median = medianColour(search.plane.colours, cells);
    return { cells, median, contrast: colourDistance(median, search.paper) };
  });
}

function lineBetween({ plane, reach }: Search, candidates: Sides<number>, side: Side, depth: number): number[] {
  const margin = (other: Side) => candidates[other] && candidates[other] + reach;
  const [before, after] = isUpright(side) ? [margin('top'), margin('bottom')] : [margin('left'), margin('right')];
  return line(plane, side, depth, before, after);
}

/** Whether there are lines and each is of one colour for at least such a share of its cells. */
function isStraight({ plane }: Search, lines: readonly Line[], share: number): boolean {
  const limit = Math.max(SAME, Math.max(...lines.map(({ contrast }) => contrast)) / 4);
  return (
    lines.length > 0 &&
    lines.every(({ cells, median }) => {
      const same = cells.filter((cell) => colourDistance(colourAt(plane.colours, cell), median) <= limit);
      return same.length >= share * cells.length;
    })
  );
}

/** Whether a side's lines are unbroken and nothing of their colour touches them from within. */
function standsAlone(search: Search, candidates: Sides<number>, side: Side, lines: readonly Line[]): boolean {
  if (!isStraight(search, lines, UNBROKEN)) return false;
  const { plane, paper } = search;
  const { median, contrast } = lines.reduce((a, b) => (b.contrast > a.contrast ? b : a));
  return !lineBetween(search, candidates, side, lines.length).some((cell) => {
    const colour = colourAt(plane.colours, cell);
    const toPaper = colourDistance(colour, paper);
    const isMixture = colourDistance(colour, median) + toPaper < 1.1 * contrast;
    return isMixture && toPaper > contrast / 4;
  });
}

/** How much further rounded corners reach in, on a diagonal: as far as the least, for they are all equally round. */
function cornerDepth({ plane, paper, reach }: Search, depths: Sides<number>): number {
  const framed = (side: Side) => depths[side] > 0;
  const corners = (['left', 'right'] as const)
    .filter(framed)
    .flatMap((upright) => (['top', 'bottom'] as const).filter(framed).map((level) => ({ upright, level })));
  const far = corners.map(({ upright, level }) => {
    const differs = (more: number): boolean => {
      const cell = cellFrom(plane, upright, depths[upright] + more - 1, level, depths[level] + more - 1);
      return colourDistance(colourAt(plane.colours, cell), paper) > SAME;
    };
    let more = reach;
    while (more > 0 && !differs(more)) more--;
    return more;
  });
  return corners.length > 0 ? Math.min(...far) : 0;
}

/** A region less so many cells on each side. */
function inset({ width, height, cell }: Plane, region: Region, { left, top, right, bottom }: Sides<number>): Region {
  const x = region.x + left * cell;
  const y = region.y + top * cell;
  return {
    x,
    y,
    width: region.x + Math.min(region.width, (width - right) * cell) - x,
    height: region.y + Math.min(region.height, (height - bottom) * cell) - y,
  };
}
