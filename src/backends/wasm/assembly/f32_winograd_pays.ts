// Whether Winograd's kernels are faster than the direct ones, by a model of both, in products: a transform costs 200 of
// them a tile and channel, a filter's 150 a channel pair. Fitted to 229 shapes on the machine of bench/NOTES.md.

import { Geometry } from './geometry';
import { panelCount } from './panels';
import { isWinograd, quarter } from './f32_winograd_tiles';

const TRANSFORM: f64 = 200;
const FILTER: f64 = 150;
const BATCH: f64 = 4; // that share a filter's transform; with fewer and small images the direct kernel may win
const GAIN: f64 = 1.25; // at least, for what the model leaves out

/** 1 if the convolution is a 3x3 one of stride 1 and both forward pass and input gradient are faster, else 0. */
export function f32_winograd_pays(geometry: Geometry): bool {
  const inChannels = geometry.inChannels;
  const outChannels = geometry.outChannels;
  return (
    isWinograd(geometry) &&
    wins(inChannels, geometry.outH, geometry.outW, outChannels) &&
    wins(outChannels, geometry.height, geometry.width, inChannels)
  );
}

/** Of k channels to n channels of rows x columns pixels. */
function wins(k: i32, rows: i32, columns: i32, n: i32): bool {
  const products = <f64>k * <f64>(panelCount(n) * 8);
  const direct = 9 * products * <f64>rows * <f64>columns;
  const tile = 36 * products + 4 * TRANSFORM * <f64>(quarter(k) + quarter(n));
  return direct > GAIN * (<f64>quarter(rows) * <f64>quarter(columns) * tile + (FILTER / BATCH) * products);
}
