import type { Plane } from './plane.js';
import { uniform } from './plane.js';

/** Each cell cut into `times` x `times` by bilinear interpolation, the border's colours going on outside. */
export function upsample(plane: Plane, times: number): Plane {
  const { colours: from, base } = plane;
  const width = plane.width * times;
  const height = plane.height * times;
  const changed = {
    left: Math.max(0, (plane.changed.left - 1) * times),
    top: Math.max(0, (plane.changed.top - 1) * times),
    right: Math.min(width, (plane.changed.right + 1) * times),
    bottom: Math.min(height, (plane.changed.bottom + 1) * times),
  };
  const colours = uniform(base, width * height);
  const between = (i: number, j: number, share: number): number => {
    const value = from[i] ?? 0;
    return value + ((from[j] ?? 0) - value) * share;
  };
  for (let y = changed.top; y < changed.bottom; y++) {
    const v = clamp((y + 0.5) / times - 0.5, plane.height - 1);
    const row = Math.floor(v);
    const above = row * plane.width * 4;
    const below = Math.min(row + 1, plane.height - 1) * plane.width * 4;
    for (let x = changed.left, to = (y * width + x) * 4; x < changed.right; x++, to += 4) {
      const u = clamp((x + 0.5) / times - 0.5, plane.width - 1);
      const column = Math.floor(u);
      const left = column * 4;
      const right = Math.min(column + 1, plane.width - 1) * 4;
      for (let channel = 0; channel < 4; channel++) {
        const top = between(above + left + channel, above + right + channel, u - column);
        const bottom = between(below + left + channel, below + right + channel, u - column);
        colours[to + channel] = top + (bottom - top) * (v - row);
      }
    }
  }
  return { width, height, cell: plane.cell / times, x: plane.x, y: plane.y, colours, changed, base };
}

const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);
