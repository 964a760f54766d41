// Convolution: tiles of the output, each the product of its windows (tiles.ts) and the filter (panels.ts).

import { Geometry, checkGeometry } from './geometry';
import { packPanels, panelBytes, panelCount } from './panels';
import { aligned, check, checkScratch } from './simd';
import { TILE, copyInside, makeAllTiles, runTiles, tileCount } from './tiles';

/** Bytes of scratch memory for `f32_conv2d`. */
export function f32_conv2d_scratch(geometry: Geometry): usize {
  return (
    <usize>panelCount(geometry.outChannels) * panelBytes(geometry.taps) +
    <usize>tileCount(geometry.outH * geometry.outW) * TILE +
    aligned(geometry.paddedBytes)
  );
}

/**
 * y [N, outH, outW, outChannels] of x [N, H, W, inChannels] and filter [kernelH, kernelW, inChannels, outChannels], plus
 * bias [outChannels] if it is not 0, then perhaps ReLU. Any stride, any padding.
 */
export function f32_conv2d(
  x: usize,
  filter: usize,
  bias: usize,
  y: usize,
  batch: i32,
  geometry: Geometry,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  check(x, <usize>batch * geometry.inBytes);
  check(filter, geometry.filterBytes);
  check(y, <usize>batch * geometry.outBytes);
  const taps = geometry.taps;
  const outChannels = geometry.outChannels;
  const isPadded = !geometry.isInside;

  // Scratch: the filter in panels, the tiles, one padded image.
  const tiles = scratch + <usize>panelCount(outChannels) * panelBytes(taps);
  const count = tileCount(geometry.outH * geometry.outW);
  const padded = tiles + <usize>count * TILE;
  checkScratch(scratch, isPadded ? padded + geometry.paddedBytes : padded, end);
  packPanels(filter, bias, taps, outChannels, scratch);
  makeAllTiles(tiles, geometry, isPadded);
  if (isPadded) memory.fill(padded, 0, geometry.paddedBytes);
  for (; batch > 0; batch--) {
    if (isPadded) copyInside(x, geometry, padded);
    runTiles(tiles, count, isPadded ? padded : x, scratch, panelBytes(taps), outChannels, y, relu);
    x += geometry.inBytes;
    y += geometry.outBytes;
  }
}
