// The filter gradient of 3x3 convolutions of stride 1 by Winograd's F(3x3, 4x4), the same algorithm with filter and
// outputs in each other's place: dw = Gᵀ [Σ (Bᵀ d B) ⊙ (A dy Aᵀ)] G, summed over all tiles.

import { f32_sum_rows } from './f32_elementwise';
import { Geometry, checkGeometry } from './geometry';
import { ROW, panelCount } from './panels';
import { check, checkScratch, f32Bytes, storePart } from './simd';
import { f32_winograd_tn_4x8 } from './f32_winograd_4x8';
import { transformFilterGradient } from './f32_winograd_filter_transforms';
import { transformOutputGradient } from './f32_winograd_output_transforms';
import { PANEL, POSITIONS, TEMP_BYTES, TILES, positionBytes } from './f32_winograd_points';
import { isWinograd, locate, patchPixel, quarter, transformInputs } from './f32_winograd_tiles';

// Scratch memory: sums (k's rows rounded up to fours), temp, patch, inputs, gradients.

function sumBytes(k: i32, n: i32): usize {
  return positionBytes(quarter(k) << 2, n);
}

function patchBytes(k: i32, n: i32): usize {
  return max(36 * patchPixel(k), 16 * patchPixel(n));
}

/** Bytes of scratch memory for `f32_winograd_filter_gradient`. */
export function f32_winograd_filter_gradient_scratch(geometry: Geometry): usize {
  const inChannels = geometry.inChannels;
  const outChannels = geometry.outChannels;
  return (
    <usize>POSITIONS *
      (sumBytes(inChannels, outChannels) + positionBytes(TILES, inChannels) + positionBytes(TILES, outChannels)) +
    TEMP_BYTES +
    patchBytes(inChannels, outChannels)
  );
}

/**
 * As `f32_conv2d_filter_gradient`, for 3x3 filters and strides of 1 only. What is not a number or infinite spreads, as not
 * a number, to all taps of its channel.
 */
export function f32_winograd_filter_gradient(
  x: usize,
  dy: usize,
  dw: usize,
  db: usize,
  batch: i32,
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  assert(isWinograd(geometry));
  check(x, <usize>batch * geometry.inBytes);
  check(dy, <usize>batch * geometry.outBytes);
  check(dw, geometry.filterBytes);
  checkScratch(scratch, scratch + f32_winograd_filter_gradient_scratch(geometry), end);
  const inChannels = geometry.inChannels;
  const outChannels = geometry.outChannels;
  const outH = geometry.outH;
  const outW = geometry.outW;
  if (db) f32_sum_rows(dy, db, batch * outH * outW, outChannels);

  const sumStep = sumBytes(inChannels, outChannels);
  const temp = scratch + <usize>POSITIONS * sumStep;
  const patch = temp + TEMP_BYTES;
  const inputs = patch + patchBytes(inChannels, outChannels);
  const inputStep = positionBytes(TILES, inChannels);
  const gradients = inputs + <usize>POSITIONS * inputStep;
  const gradientStep = positionBytes(TILES, outChannels);
  memory.fill(scratch, 0, <usize>POSITIONS * sumStep);

  const pixel = f32Bytes(outChannels);
  const padded = patchPixel(outChannels);
  const down = quarter(outH);
  const across = quarter(outW);
  const sumPanel = f32Bytes(quarter(inChannels)) * ROW;
  for (let first = 0, tiles = batch * down * across; first < tiles; first += TILES) {
    const count = min(TILES, tiles - first);
    transformInputs(x, geometry, first, count, patch, temp, inputs, inputStep);
    for (let i = 0; i < count; i++) {
      const image = (first + i) / (down * across);
      const tile = first + i - image * (down * across);
      const row = (tile / across) << 2;
      const column = (tile % across) << 2;
      const from = locate(dy + <usize>(image * outH * outW) * pixel, outH, outW, outChannels, row, column, 4, patch);
      const to = gradients + <usize>i * ROW;
      if (from == patch) transformOutputGradient(from, 4 * padded, padded, outChannels, temp, to, gradientStep);
      else transformOutputGradient(from, <usize>outW * pixel, pixel, outChannels, temp, to, gradientStep);
    }
    for (let position = 0; position < POSITIONS; position++) {
      const a = inputs + <usize>position * inputStep;
      let b = gradients + <usize>position * gradientStep;
      let c = scratch + <usize>position * sumStep;
      for (let panel = panelCount(outChannels); panel > 0; panel--) {
        f32_winograd_tn_4x8(a, PANEL, count, inChannels, b, c);
        b += PANEL;
        c += sumPanel;
      }
    }
  }

  for (let out = 0; out < outChannels; out += 4) {
    let from = scratch + <usize>(out >> 3) * sumPanel + f32Bytes(out & 4);
    for (let channel = 0; channel < inChannels; channel++) {
      transformFilterGradient(from, sumStep, temp);
      from += ROW;
      let to = dw + <usize>channel * pixel + f32Bytes(out);
      for (let tap: usize = 0; tap < 144; tap += 16) {
        storePart(to, v128.load(temp + tap), min(4, outChannels - out));
        to += <usize>inChannels * pixel;
      }
    }
  }
}
