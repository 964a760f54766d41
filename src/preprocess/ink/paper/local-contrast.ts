import { LUMA } from '../../../common/luma.js';
import type { Grid } from '../image/grid.js';
import type { Plane } from '../image/plane.js';
import { closing } from './closing.js';

/** Light on paper is seldom weaker than this share of the brightest: what is darker is no paper. */
const DARKEST = 0.4;

/** So many values are enough to tell what is usual. */
const SAMPLES = 4096;

/** How bright most of a plane is at most, over white, 0 to 255: its paper, since ink covers little. */
export const paperBrightness = (plane: Plane): number => percentile(mix(channelsOf(plane)).cells, 0.8);

/** How much of the paper's light ink takes away. */
export interface LocalContrast extends Grid {
  /** Root mean square of what noise alone takes away, or adds. */
  noise: number;
}

/**
 * Of each cell, 0 to about 440 for all of the light in all channels: [height, width]. What is wider than `reach` to each
 * side is light and shade.
 *
 * @param isBright The ink is brighter than what it is on.
 */
export function localContrast(plane: Plane, reach: number, isBright: boolean): LocalContrast {
  const channels = channelsOf(plane);
  if (isBright)
    for (const { cells } of channels) for (let i = 0; i < cells.length; i++) cells[i] = 255 - (cells[i] ?? 0);
  const papers = channels.map((channel) => closing(channel, reach));
  const least = Math.max(1, DARKEST * percentile(mix(papers).cells, 0.9));
  const contrast = new Float32Array(plane.width * plane.height);
  let brighter = 0;
  for (const [c, { cells }] of channels.entries()) {
    const lost = lostLight(cells, papers[c]?.cells ?? cells, least);
    const usual = percentile(lost, 0.5); // noise keeps a closing above most of the paper
    for (let i = 0; i < lost.length; i++) {
      const more = (lost[i] ?? 0) - usual;
      if (more > 0) contrast[i] = (contrast[i] ?? 0) + more * more;
      else brighter += more * more;
    }
  }
  for (let i = 0; i < contrast.length; i++) contrast[i] = Math.sqrt(contrast[i] ?? 0);
  return {
    width: plane.width,
    height: plane.height,
    cells: contrast,
    noise: Math.sqrt((2 * brighter) / contrast.length),
  };
}

/** Against what the paper has, 255 for all of it. */
function lostLight(cells: Float32Array, paper: Float32Array, least: number): Float32Array {
  const lost = new Float32Array(cells.length);
  for (let i = 0; i < lost.length; i++) {
    const light = paper[i] ?? 0;
    lost[i] = (255 * (light - (cells[i] ?? 0))) / (light > least ? light : least);
  }
  return lost;
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
  const cells = new Float32Array(red.cells.length);
  for (let i = 0; i < cells.length; i++)
    cells[i] = LUMA[0] * (red.cells[i] ?? 0) + LUMA[1] * (green.cells[i] ?? 0) + LUMA[2] * (blue.cells[i] ?? 0);
  return { ...red, cells };
}

/** Of some of the values. */
function percentile(values: Float32Array, share: number): number {
  const step = Math.ceil(values.length / SAMPLES);
  const some = values.filter((_, i) => i % step === 0).sort();
  return some[Math.floor(share * (some.length - 1))] ?? 0;
}
