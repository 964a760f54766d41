// Convolution, ReLU and max pooling in one kernel: an image's convolution lives in scratch memory alone, in the cache.
// What the gradients need of it is where each window's greatest pixel lies.

import { f32_conv2d_scratch } from './f32_conv2d';
import { f32_conv2d_plane_scratch, isPlane, packPlane, planeImage, planePacked, runPlane } from './f32_conv2d_plane';
import { maxPool, pooledBytes } from './f32_max_pool_argmax';
import { GEOMETRY_BYTES, Geometry, checkGeometry, copyGeometry } from './geometry';
import { packPanels, panelBytes, panelCount } from './panels';
import { aligned, check, checkScratch } from './simd';
import { TILE, copyInside, makeAllTiles, runTiles, tileCount } from './tiles';

/** Bytes of scratch memory for `f32_conv2d_max_pool`. */
export function f32_conv2d_max_pool_scratch(geometry: Geometry): usize {
  const own = isPlane(geometry) ? f32_conv2d_plane_scratch(geometry) : f32_conv2d_scratch(geometry);
  return GEOMETRY_BYTES + aligned(geometry.outBytes) + own;
}

/**
 * p [N, outH / pool, outW / pool, outChannels], the greatest value of each window of pool x pixels of the convolution
 * (leftovers are dropped; not a number wins), and argmax (int32, the same shape), its pixel y · outW + x, the first of
 * equals, or -1 where ReLU made it zero. No argmax is written if its address is 0.
 */
export function f32_conv2d_max_pool(
  x: usize,
  filter: usize,
  bias: usize,
  p: usize,
  argmax: usize,
  batch: i32,
  geometry: Geometry,
  pool: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  const outChannels = geometry.outChannels;
  const poolBytes = pooledBytes(geometry, pool);
  check(x, <usize>batch * geometry.inBytes);
  check(filter, geometry.filterBytes);
  check(p, <usize>batch * poolBytes);
  if (argmax) check(argmax, <usize>batch * poolBytes);

  // Scratch: the geometry without leftovers, one image's convolution, the packed filter, the tiles, one padded image.
  const whole = copyGeometry(geometry, scratch);
  whole.outH -= whole.outH % pool;
  whole.outW -= whole.outW % pool;
  const taps = whole.taps;
  const conv = scratch + GEOMETRY_BYTES;
  const packed = conv + aligned(whole.outBytes);
  const tiles = packed + <usize>panelCount(outChannels) * panelBytes(taps);
  const count = tileCount(whole.outH * whole.outW);
  const plane = isPlane(whole);
  const isPadded = plane || !whole.isInside;
  const padded = plane ? packed + planePacked(outChannels, taps) : tiles + <usize>count * TILE;
  const paddedBytes = plane ? planeImage(whole) : isPadded ? whole.paddedBytes : 0;
  checkScratch(scratch, padded + paddedBytes, end);
  if (plane) packPlane(filter, bias, whole, packed);
  else {
    packPanels(filter, bias, taps, outChannels, packed);
    makeAllTiles(tiles, whole, isPadded);
  }
  if (isPadded) memory.fill(padded, 0, paddedBytes);

  for (; batch > 0; batch--) {
    if (isPadded) copyInside(x, whole, padded);
    if (plane) runPlane(padded, packed, whole, conv, false);
    else runTiles(tiles, count, isPadded ? padded : x, packed, panelBytes(taps), outChannels, conv, false);
    maxPool(conv, whole.outW, p, argmax, geometry, pool, relu);
    x += geometry.inBytes;
    p += poolBytes;
    if (argmax) argmax += poolBytes;
  }
}
