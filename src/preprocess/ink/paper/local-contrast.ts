import { LUMA } from '../../../common/luma.js';
import type { Grid } from '../image/grid.js';
import type { Plane } from '../image/plane.js';
import { closing } from './closing.js';

/** Light on paper is seldom weaker than this share of the brightest: what is darker is no paper. */
const DARKEST = 0.4;

/** The median brightness of a plane over white, 0 to 255. */
export const medianBrightness = (plane: Plane): number => percentile(mix(channelsOf(plane)).cells, 0.5);

/**
 * How much of the paper's light ink takes away, 0 to about 440 for all of it in all channels: [height, width]. What is
 * wider than `reach` to each side is light and shade.
 *
 * @param isBright The ink is brighter than what it is on.
 */
export function localContrast(plane: Plane, reach: number, isBright: boolean): Grid {
  const channels = channelsOf(plane);
  if (isBright) for (const { cells } of channels) for (let i = 0; i < cells.length; i++) cells[i] = 255 - (cells[i] ?? 0);
  const squares = new Float32Array(plane.width * plane.height);
  const papers = channels.map((channel) => closing(channel, reach));
  const least = DARKEST * percentile(mix(papers).cells, 0.9);
  for (const [c, { cells }] of channels.entries()) {
    const paper = papers[c]?.cells ?? cells;
    const lost = cells.map((value, i) => (255 * ((paper[i] ?? 0) - value)) / Math.max(least, paper[i] ?? 0, 1));
    const usual = percentile(lost, 0.5); // noise alone keeps the closing above most of the paper
    for (let i = 0; i < lost.length; i++) squares[i] = (squares[i] ?? 0) + ((lost[i] ?? 0) - usual) ** 2 * ((lost[i] ?? 0) > usual ? 1 : 0);
  }
  return { width: plane.width, height: plane.height, cells: squares.map(Math.sqrt) };
}

/** Red, green and blue over white. */
function channelsOf({ width, height, colours }: Plane): Grid[] {
  return [0, 1, 2].map((channel) => {
    const cells = new Float32Array(width * height);
    for (let i = 0; i < cells.length; i++) cells[i] = (colours[4 * i + channel] ?? 0) + 255 - (colours[4 * i + 3] ?? 0);
    return { width, height, cells };
  });
}

function mix(channels: readonly Grid[]): Grid {
  const [red, green, blue] = channels as [Grid, Grid, Grid];
  const cells = red.cells.map((value, i) => LUMA[0] * value + LUMA[1] * (green.cells[i] ?? 0) + LUMA[2] * (blue.cells[i] ?? 0));
  return { ...red, cells };
}

function percentile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
