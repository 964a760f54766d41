import type { Pieces } from '../../../preprocess/characters/pieces.js';
import type { Box } from '../../../preprocess/ink/image/box.js';
import { around } from '../../../preprocess/ink/image/box.js';

/** Pieces that may be one character. */
export interface Candidate {
  /** In ascending order. */
  pieces: number[];
  box: Box;
}

/** A candidate between two of the places before, between and after the pieces of an order. */
export interface Edge {
  from: number;
  to: number;
  candidate: number;
}

/** All that may be characters, and for each order of the pieces the ways over them, sorted by where edges end. */
export interface Lattice {
  candidates: Candidate[];
  /** How many pieces there are. */
  length: number;
  ways: Edge[][];
}

/** Most pieces of a character. */
const MOST_PIECES = 8;

// Of a character of several pieces, in heights. People who chose these numbers wrote none wider than 1.75, or than 1.1
// if it had parts that do not touch, and left no gap wider than 0.16 in one, between the middles of the pen.
const WIDEST = 1.8;
const WIDEST_APART = 1.2;
const WIDEST_GAP = 0.25;

/** The lattice over some pieces, such as those of one line: every run of them in one of the orders may be a character. */
export function latticeOf({ pieces, orders, height, pen }: Pieces, line: readonly number[]): Lattice {
  const isInLine = new Set(line);
  const mayBeOne = (run: readonly number[], { left, right }: Box) => {
    if (run.length === 1) return true;
    // Strokes touch where they cross; what a picture shows apart is apart.
    const parts = pen > 0 ? run.filter((i) => !run.includes(pieces[i]?.cut?.from ?? -1)).length : 1;
    if (right - left > (parts > 1 ? WIDEST_APART : WIDEST) * height) return false;
    return widestGap(boxesOf(pieces, run)) + pen <= WIDEST_GAP * height;
  };
  const candidates: Candidate[] = [];
  const numbers = new Map<string, number>();
  const ways = orders.map((all) => {
    const order = all.filter((piece) => isInLine.has(piece));
    const edges: Edge[] = [];
    for (let to = 1; to <= order.length; to++)
      for (let from = to - 1; from >= Math.max(0, to - MOST_PIECES); from--) {
        const run = order.slice(from, to).sort((a, b) => a - b);
        const box = around(boxesOf(pieces, run));
        if (!mayBeOne(run, box)) continue;
        const key = run.join();
        const candidate = numbers.get(key) ?? candidates.push({ pieces: run, box }) - 1;
        numbers.set(key, candidate);
        edges.push({ from, to, candidate });
      }
    return edges;
  });
  return { candidates, length: line.length, ways };
}

export function boxesOf(pieces: Pieces['pieces'], chosen: readonly number[]): Box[] {
  return chosen.flatMap((i) => pieces[i]?.box ?? []);
}

/** The widest gap between boxes, seen from above. */
export function widestGap(boxes: readonly Box[]): number {
  let [widest, right] = [0, Infinity];
  for (const box of boxes.toSorted((a, b) => a.left - b.left)) {
    widest = Math.max(widest, box.left - right);
    right = right === Infinity ? box.right : Math.max(right, box.right);
  }
  return widest;
}
