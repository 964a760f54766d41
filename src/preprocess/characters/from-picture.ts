import { inPixels } from '../ink/find/look.js';
import type { Ink } from '../ink/find/segment.js';
import { longerSide } from '../ink/image/box.js';
import { distanceTo } from '../ink/image/distance-transform.js';
import { crop } from '../ink/image/grid.js';
import { penWidth } from '../ink/render/pen-width.js';
import type { Picture } from '../picture.js';
import { findWriting } from './find-writing.js';
import { drawParts, maskOf, partOf } from './parts.js';
import type { Part } from './parts.js';
import { byPlace } from './pieces.js';
import type { Piece, Writing } from './pieces.js';
import { seams } from './seams.js';

// In heights of a character:
/** parts that are narrower or lower are not cut, */
const NARROW = 0.45;
const LOW = 0.5;
/** wider ones are, whatever they look like, */
const WIDE = 0.8;
/** up to so many touching characters: what is longer is a line; */
const LONG = 12;
/** and so far apart are cuts at least. */
const APART = 0.2;

/** A part that is no longer, in widths of the pen, is a dot, which is not cut. */
const DOT = 2;

/** What has more parts is no writing. */
const MOST_PARTS = 500;

/** Cuts cost no more ink, in widths of the pen. */
const MOST_INK = 2.6;

/**
 * The connected parts of a picture's ink, to be cut where they may be several characters that touch. Undefined if there
 * is none.
 */
export function writingInPicture(picture: Picture): Writing | undefined {
  const written = findWriting(picture);
  if (!written) return undefined;
  const { ink, parts, height } = written;
  const { width } = ink.mask;
  if (parts.length > MOST_PARTS) return undefined;
  const withMargin = crop(ink.mask, ink.box, 1);
  const pen = penWidth(withMargin, distanceTo(0, withMargin));
  const isWide = ({ box }: Part, least: number) => box.right - box.left >= least * height;
  const wide = parts.filter(
    (part) =>
      isWide(part, NARROW) &&
      !isWide(part, LONG) &&
      part.box.bottom - part.box.top >= LOW * height &&
      longerSide(part.box) > DOT * pen,
  );
  const asked = wide.filter((part) => !isWide(part, WIDE));
  const drawn = new Map(asked.map((part) => [part, drawParts([part], width, pen)]));

  return {
    doubtful: [...drawn.values()],
    pieces(isOne) {
      const toCut = new Set(wide);
      for (const [i, part] of asked.entries()) if (isOne[i]) toCut.delete(part);
      const cut: (Part & Pick<Piece, 'cut'>)[] = [];
      for (const part of parts)
        cut.push(
          ...(toCut.has(part) && cut.length < MOST_PARTS ? cutPart(part, width, height, pen, cut.length) : [part]),
        );
      return {
        pieces: cut.map(({ box, cut, cells }) => ({
          box: inPixels(box, ink),
          cut,
          points: () => cells.map((cell) => middleOf(cell, ink)),
        })),
        orders: [byPlace(cut.map(({ box }) => box))],
        height: height * ink.cell,
        pen: pen * ink.cell,
        draw(chosen) {
          const parts = chosen.map((i) => cut[i] as Part);
          return (parts.length === 1 && drawn.get(parts[0] as Part)) || drawParts(parts, width, pen);
        },
      };
    },
  };
}

/** @param first Which number the first of its pieces gets. */
function cutPart(part: Part, width: number, height: number, pen: number, first: number): (Part & Pick<Piece, 'cut'>)[] {
  const { cells, box } = part;
  const cuts = seams(maskOf([part], width, 0), APART * height, MOST_INK * pen);
  const groups: number[][] = Array.from({ length: cuts.length + 1 }, () => []);
  for (const cell of cells) {
    const x = cell % width;
    const row = (cell - x) / width - box.top;
    groups[cuts.filter(({ columns }) => (columns[row] ?? 0) < x - box.left).length]?.push(cell);
  }
  const pieces: (Part & Pick<Piece, 'cut'>)[] = [];
  for (const [i, group] of groups.entries()) {
    if (group.length === 0) continue;
    const seam = pieces.length > 0 ? cuts[i - 1] : undefined;
    const cut = seam && { from: first + pieces.length - 1, ink: seam.ink / pen };
    pieces.push({ ...partOf(group, width), cut });
  }
  return pieces;
}

function middleOf(cell: number, { mask: { width }, x, y, cell: side }: Ink): [x: number, y: number] {
  return [x + ((cell % width) + 0.5) * side, y + (Math.floor(cell / width) + 0.5) * side];
}
