import type { Box } from '../image/box.js';
import { longerSide } from '../image/box.js';
import type { Grid, Mask } from '../image/grid.js';
import { transpose } from '../image/grid.js';
import type { Line } from './lines.js';
import { findLines, rowAt } from './lines.js';
import { heaviest, partsOf, SPECK } from './parts.js';
import type { Part } from './parts.js';

/** Ink is so much stronger than print, in contrast summed across a stroke. */
const WEAK = 0.5;

/** A line so many times as long as the ink is no part of it. */
const LONG = 2.5;

/** Where a line ends at the border of the view, it does so within this share of it. */
const AT_BORDER = 0.03;

interface Lines {
  level: Line[];
  /** In the mask turned over its diagonal. */
  upright: Line[];
}

/** Ruled lines are as strong as each other, within such a share. */
const ALIKE = 0.7;

/** Where a line is so much stronger than elsewhere, there is ink on it. */
const STRONGER = 1.4;

/** A mask without what is printed on its sheet. */
export interface Unprinted {
  mask: Mask;
  /** The printed lines are those of ruled or squared paper, and nothing but them is on the sheet. */
  isEmpty: boolean;
}

/**
 * A mask without the straight lines that are printed: ruled and squared paper, boxes, cells. Strokes that cross them stay.
 * The same mask if there are none.
 *
 * @param traces Where there is anything, also what is too pale for ink.
 */
export function withoutPrint(mask: Mask, traces: Mask, contrast: Grid): Unprinted {
  const longer = Math.max(mask.width, mask.height);
  const [shortest, thickest] = [Math.round(longer / 9), Math.max(3, Math.round(longer / 36))];
  const lines: Lines = {
    level: findLines(traces, contrast, shortest, thickest),
    upright: findLines(transpose(traces), transpose(contrast), shortest, thickest),
  };
  if (lines.level.length + lines.upright.length === 0) return { mask, isEmpty: false };
  const ink = inkAmong(mask, lines, contrast);
  const all = [...lines.level, ...lines.upright];
  const pen = Math.max(ink?.strength ?? 0, ...all.map(({ strength }) => strength));
  const weak = all.filter(({ strength }) => strength <= WEAK * pen);
  const isWeak = (line: Line) => weak.length > 1 && weak.includes(line); // a thin line alone may be a stroke
  const printed: Lines = {
    level: lines.level.filter((line) => isPrinted(line, lines.level, ink?.box, mask, isWeak(line))),
    upright: lines.upright.filter((line) =>
      isPrinted(line, lines.upright, ink && turned(ink.box), { width: mask.height, height: mask.width }, isWeak(line)),
    ),
  };
  if (printed.level.length + printed.upright.length === 0) return { mask, isEmpty: false };
  const rest = erase(mask, printed);
  const isEmpty = isRuled(printed.level, mask) || isRuled(printed.upright, { width: mask.height, height: mask.width });
  return { mask: rest, isEmpty: isEmpty && !isWrittenOn(rest, printed, contrast) };
}

/**
 * What is written, as far as that can be told: the heaviest part that is left without the longest lines, as few of them
 * as leave one that is shorter than they are.
 */
function inkAmong(mask: Mask, lines: Lines, contrast: Grid): Part | undefined {
  const speck = SPECK * Math.max(mask.width, mask.height);
  const all = [...lines.level, ...lines.upright].sort((a, b) => lengthOf(b) - lengthOf(a));
  for (let n = 1; n <= all.length; n++) {
    const [least = 0, next = 0] = [all[n - 1], all[n]].map((line) => line && lengthOf(line));
    if (n < all.length && next > 0.9 * least) continue; // as long as the one before
    const longest = new Set(all.slice(0, n));
    const isLong = (line: Line) => longest.has(line);
    const rest = erase(mask, { level: lines.level.filter(isLong), upright: lines.upright.filter(isLong) });
    const main = heaviest(partsOf(rest, contrast), rest);
    const side = main ? longerSide(main.box) : 0;
    if (1.15 * side <= least) return side >= speck ? main : undefined;
  }
  return undefined;
}

const lengthOf = ({ from, to }: Line): number => to - from + 1;

const turned = ({ left, top, right, bottom }: Box): Box => ({ left: top, top: left, right: bottom, bottom: right });

type Size = Pick<Mask, 'width' | 'height'>;

/** @param ink Around what is left without any lines. @param isWeak Against the strokes of the pen. */
function isPrinted(line: Line, lines: readonly Line[], ink: Box | undefined, size: Size, isWeak: boolean): boolean {
  if (spans(line, size)) return true;
  if (!ink) return isWeak;
  const length = lengthOf(line);
  const side = longerSide(ink);
  if (length >= LONG * side) return true;
  if (isWeak && (length >= 0.9 * side || isBeside(line, ink))) return true;
  return lines.some((other) => other !== line && straddle(line, other, ink));
}

/** Whether a line leaves the view at both ends. */
function spans(line: Line, { width, height }: Size): boolean {
  const leaves = (column: number) => {
    const row = rowAt(line, column);
    const away = Math.min(column, width - 1 - column, row, height - 1 - row);
    return away <= AT_BORDER * Math.max(width, height);
  };
  return leaves(line.from) && leaves(line.to);
}

/** Whether there are lines across the whole view as on ruled paper: two and more, as strong as each other. */
function isRuled(lines: readonly Line[], size: Size): boolean {
  const across = lines.filter((line) => spans(line, size));
  const strengths = across.map(({ strength }) => strength);
  return across.length > 1 && Math.min(...strengths) >= ALIKE * Math.max(...strengths);
}

/** Whether there is ink beside printed lines, be it a dot, or upon one of them. */
function isWrittenOn(rest: Mask, { level, upright }: Lines, contrast: Grid): boolean {
  const lines = [...level, ...upright];
  const thickest = Math.max(...lines.map(({ thickness }) => thickness));
  const darkest = Math.max(...lines.map(({ strength, thickness }) => strength / thickness));
  const isCrumb = ({ box, contrast }: Part) => longerSide(box) <= thickest + 1 && contrast <= STRONGER * darkest;
  if (!partsOf(rest, contrast).every(isCrumb)) return true;
  const over = transpose(contrast);
  return (
    level.some((line) => carriesInk(line, upright, contrast)) || upright.some((line) => carriesInk(line, level, over))
  );
}

/** Whether a line is stronger in one place than elsewhere, where none of those crosses it that do. */
function carriesInk(line: Line, crossing: readonly Line[], { width, height, cells }: Grid): boolean {
  const reach = Math.ceil(line.thickness / 2) + 1;
  const strengths: number[] = [];
  for (let column = Math.max(0, line.from); column <= Math.min(width - 1, line.to); column++) {
    const row = Math.round(rowAt(line, column));
    if (crossing.some((other) => Math.abs(rowAt(other, row) - column) <= other.thickness + 2)) continue;
    let sum = 0;
    for (let y = Math.max(0, row - reach); y <= Math.min(height - 1, row + reach); y++)
      sum += cells[y * width + column] ?? 0;
    strengths.push(sum);
  }
  const usual = strengths.toSorted((a, b) => a - b)[strengths.length >> 1] ?? 0;
  return strengths.some((strength, i) => Math.min(strength, strengths[i + 1] ?? 0) > STRONGER * usual);
}

/** Whether a line passes the ink's box without touching it. */
function isBeside(line: Line, { left, top, right, bottom }: Box): boolean {
  if (line.to < left || line.from > right) return true;
  const rows = [rowAt(line, Math.max(line.from, left)), rowAt(line, Math.min(line.to, right))];
  return rows.every((row) => row < top) || rows.every((row) => row > bottom);
}

/** Whether two lines are sides of a box around the ink, one above and one below. */
function straddle(a: Line, b: Line, { left, top, right, bottom }: Box): boolean {
  const wider = 0.05 * (right - left);
  const covers = ({ from, to }: Line) => from <= left - wider && to >= right + wider;
  if (!covers(a) || !covers(b)) return false;
  const middle = (left + right) / 2;
  const [upper, lower] = [rowAt(a, middle), rowAt(b, middle)].sort((x, y) => x - y) as [number, number];
  const off = 0.1 * (bottom - top);
  return upper <= top + off && lower >= bottom - off;
}

function erase(mask: Mask, { level, upright }: Lines): Mask {
  const cells = mask.cells.slice();
  const out = { ...mask, cells };
  for (const line of level) eraseLine(out, line);
  if (upright.length === 0) return out;
  const over = transpose(out);
  for (const line of upright) eraseLine(over, line);
  return transpose(over);
}

/** Takes a line out of a mask, but for where what is there is thicker than the line: a stroke. */
function eraseLine({ width, height, cells }: Mask, line: Line): void {
  const reach = Math.ceil(line.thickness / 2) + 1;
  const thickest = line.thickness + 2;
  for (let column = Math.max(0, line.from - 2); column < Math.min(width, line.to + 3); column++) {
    const row = Math.round(rowAt(line, column));
    for (let y = Math.max(0, row - reach); y <= Math.min(height - 1, row + reach); y++) {
      if (cells[y * width + column] !== 1) continue;
      let top = y;
      while (top > 0 && cells[(top - 1) * width + column] === 1) top--;
      let end = y;
      while (end < height && cells[end * width + column] === 1) end++;
      if (end - top <= thickest) for (let i = top; i < end; i++) cells[i * width + column] = 0;
      y = end;
    }
  }
}
