import type { Picture, Region } from '../../picture.js';
import { downsample } from './downsample.js';
import type { Plane } from './plane.js';
import { upsample } from './upsample.js';

/** Reads a region on cells of `cell` pixels: averages for a whole number, interpolates for 1 / whole number. */
export function samplePlane(picture: Picture, region: Region, cell: number): Plane {
  return cell >= 1 ? downsample(picture, region, cell) : upsample(downsample(picture, region, 1), Math.round(1 / cell));
}
