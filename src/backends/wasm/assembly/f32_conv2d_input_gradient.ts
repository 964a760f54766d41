// The gradient of a convolution by its input, which is a convolution of dy by the flipped filter: one for each phase of
// the stride, with those taps of the filter that meet that phase.

import { GEOMETRY_BYTES, Geometry, checkGeometry } from './geometry';
import { ROW, packBias, packColumns, panelBytes, panelCount, panelStart } from './panels';
import { aligned, check, checkScratch, f32Bytes } from './simd';
import { TILE, copyRows, makeTiles, runTiles, tileCount } from './tiles';

/** Bytes of scratch memory for `f32_conv2d_input_gradient`. */
export function f32_conv2d_input_gradient_scratch(geometry: Geometry): usize {
  const phases = <usize>(geometry.strideH * geometry.strideW);
  return (
    phases * GEOMETRY_BYTES +
    allPanels(geometry) +
    aligned(<usize>paddedH(geometry) * paddedRow(geometry)) +
    (<usize>tileCount(geometry.height * geometry.width) + phases) * TILE
  );
}

/** Bytes of all phases' filters. */
function allPanels(geometry: Geometry): usize {
  const rows = geometry.kernelH * geometry.kernelW * geometry.outChannels + geometry.strideH * geometry.strideW;
  return <usize>(panelCount(geometry.inChannels) * rows) * ROW;
}

/** dy with zeros around it, on one axis: every phase's windows lie inside. */
function paddedSize(size: i32, stride: i32, kernel: i32, padding: i32, outputs: i32): i32 {
  return (kernel - 1) / stride + max(outputs, (size - 1 + padding) / stride + 1);
}

function paddedH(geometry: Geometry): i32 {
  return paddedSize(geometry.height, geometry.strideH, geometry.kernelH, geometry.top, geometry.outH);
}

/** Bytes. */
function paddedRow(geometry: Geometry): usize {
  const columns = paddedSize(geometry.width, geometry.strideW, geometry.kernelW, geometry.left, geometry.outW);
  return f32Bytes(columns * geometry.outChannels);
}

/** dx [N, H, W, inChannels] of dy [N, outH, outW, outChannels]; everything else as in `f32_conv2d`. */
export function f32_conv2d_input_gradient(
  dy: usize,
  filter: usize,
  dx: usize,
  batch: i32,
  geometry: Geometry,
  scratch: usize,
  end: usize,
): void {
  checkGeometry(geometry);
  check(dy, <usize>batch * geometry.outBytes);
  check(filter, geometry.filterBytes);
  check(dx, <usize>batch * geometry.inBytes);
  const inChannels = geometry.inChannels;
  const strideH = geometry.strideH;
  const strideW = geometry.strideW;
  const beforeH = (geometry.kernelH - 1) / strideH;
  const beforeW = (geometry.kernelW - 1) / strideW;
  const rowBytes = paddedRow(geometry);
  const paddedBytes = aligned(<usize>paddedH(geometry) * rowBytes);
  const pixel = inChannels << 2;

  // Scratch: all phases' geometries and filters, the padded dy, all phases' tiles.
  const phases = scratch + <usize>(strideH * strideW) * GEOMETRY_BYTES;
  const padded = phases + allPanels(geometry);
  const tiles = padded + paddedBytes;
  checkScratch(scratch, tiles, end);
  memory.fill(padded, 0, paddedBytes);

  let phaseAt = scratch;
  let panelAt = phases;
  let tileAt = tiles;
  for (let phaseH = 0; phaseH < strideH; phaseH++)
    for (let phaseW = 0; phaseW < strideW; phaseW++) {
      const phase = changetype<Geometry>(phaseAt);
      const row = writeRows(phase, geometry, phaseH);
      const column = writeColumns(phase, geometry, phaseW);
      phase.inChannels = geometry.outChannels;
      phase.outChannels = inChannels;
      panelAt = packPhase(filter, geometry, phase, phaseH, phaseW, panelAt);
      const count = tileCount(phase.outH * phase.outW);
      checkScratch(scratch, tileAt + <usize>count * TILE, end);
      const out = (row * geometry.width + column) * pixel;
      makeTiles(tileAt, phase, beforeH, beforeW, <i32>rowBytes, out, strideH * geometry.width * pixel, strideW * pixel);
      tileAt += <usize>count * TILE;
      phaseAt += GEOMETRY_BYTES;
    }

  const inside = padded + <usize>beforeH * rowBytes + f32Bytes(beforeW * geometry.outChannels);
  const dyRow = f32Bytes(geometry.outW * geometry.outChannels);
  for (; batch > 0; batch--) {
    copyRows(dy, dyRow, inside, rowBytes, geometry.outH, dyRow);
    panelAt = phases;
    tileAt = tiles;
    for (phaseAt = scratch; phaseAt < phases; phaseAt += GEOMETRY_BYTES) {
      const phase = changetype<Geometry>(phaseAt);
      const count = tileCount(phase.outH * phase.outW);
      const bytes = panelBytes(phase.taps);
      runTiles(tileAt, count, padded, panelAt, bytes, inChannels, dx, false);
      panelAt += <usize>panelCount(inChannels) * bytes;
      tileAt += <usize>count * TILE;
    }
    dy += geometry.outBytes;
    dx += geometry.inBytes;
  }
}

/**
 * Rows of one phase's convolution. Pixel q of the phase is row stride · q + phase - top of dx, which dy's rows
 * q - taps + 1 to q reach. Returns the first such row.
 */
function writeRows(phase: Geometry, geometry: Geometry, number: i32): i32 {
  const stride = geometry.strideH;
  const taps = over(geometry.kernelH - number, stride);
  const row = remainder(number - geometry.top, stride);
  phase.height = geometry.outH;
  phase.kernelH = taps;
  phase.strideH = 1;
  phase.top = taps - 1 - (row - number + geometry.top) / stride;
  phase.outH = over(geometry.height - row, stride);
  return row;
}

/** The same of columns. */
function writeColumns(phase: Geometry, geometry: Geometry, number: i32): i32 {
  const stride = geometry.strideW;
  const taps = over(geometry.kernelW - number, stride);
  const column = remainder(number - geometry.left, stride);
  phase.width = geometry.outW;
  phase.kernelW = taps;
  phase.strideW = 1;
  phase.left = taps - 1 - (column - number + geometry.left) / stride;
  phase.outW = over(geometry.width - column, stride);
  return column;
}

/** The quotient of a number above -b, rounded up. */
function over(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** What is left of a division that is rounded down. */
function remainder(a: i32, b: i32): i32 {
  return ((a % b) + b) % b;
}

/** A phase's taps of the filter, flipped, in panels by inChannels. Returns where they end. */
function packPhase(filter: usize, geometry: Geometry, phase: Geometry, phaseH: i32, phaseW: i32, to: usize): usize {
  const inChannels = geometry.inChannels;
  const outChannels = geometry.outChannels;
  const tapBytes = f32Bytes(inChannels * outChannels);
  for (let panel = 0, all = panelCount(inChannels); panel < all; panel++) {
    const start = panelStart(panel, inChannels);
    packBias(0, start, inChannels, to);
    to += ROW;
    for (let i = phase.kernelH - 1; i >= 0; i--)
      for (let j = phase.kernelW - 1; j >= 0; j--) {
        const tap = (phaseH + i * geometry.strideH) * geometry.kernelW + phaseW + j * geometry.strideW;
        packColumns(filter + <usize>tap * tapBytes, f32Bytes(outChannels), outChannels, start, inChannels, to);
        to += <usize>outChannels * ROW;
      }
  }
  return to;
}
