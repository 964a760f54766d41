// Convolution, and its gradient by the input, which is a convolution of dy by the flipped filter: one for each phase of
// the stride, with those taps of the filter that meet that phase.

import { ROW, packBias, packColumns, packRows, panelCount, panelStart } from './panels';
import { TILE, copyRows, makeTiles, runTiles, tileCount } from './tiles';
import { check, checkScratch } from './simd';

// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Pixels that windows reach, the padding included. */
// @ts-ignore: decorator
@inline
export function reach(outputs: i32, stride: i32, taps: i32): i32 {
  return (outputs - 1) * stride + taps;
}

// @ts-ignore: decorator
@inline
function panelBytes(taps: i32): usize {
  return <usize>(taps + 1) * ROW;
}

export function f32_conv2d_scratch(
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  outH: i32,
  outW: i32,
): usize {
  const image = <usize>reach(outH, strideH, kernelH) * reach(outW, strideW, kernelW) * inChannels;
  return (
    <usize>panelCount(outChannels) * panelBytes(kernelH * kernelW * inChannels) +
    <usize>tileCount(outH * outW) * TILE +
    aligned(image << 2)
  );
}

/**
 * y [N, outH, outW, outChannels] of x [N, H, W, inChannels] and filter [kernelH, kernelW, inChannels, outChannels], plus
 * bias [outChannels] if it is not 0, then perhaps ReLU. Any stride, any padding (`top` and `left` zeros before, after as
 * the output's size tells).
 */
export function f32_conv2d(
  x: usize,
  filter: usize,
  bias: usize,
  y: usize,
  batch: i32,
  height: i32,
  width: i32,
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  top: i32,
  left: i32,
  outH: i32,
  outW: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  const taps = kernelH * kernelW * inChannels;
  const imageBytes = (<usize>height * width * inChannels) << 2;
  const outBytes = (<usize>outH * outW * outChannels) << 2;
  check(x, <usize>batch * imageBytes);
  check(filter, (<usize>taps * outChannels) << 2);
  check(y, <usize>batch * outBytes);
  const bytes = panelBytes(taps);
  const tiles = scratch + <usize>panelCount(outChannels) * bytes;
  const count = tileCount(outH * outW);
  const padded = tiles + <usize>count * TILE;

  for (let panel = 0, all = panelCount(outChannels); panel < all; panel++) {
    const to = scratch + <usize>panel * bytes;
    const start = panelStart(panel, outChannels);
    packBias(bias, start, outChannels, to);
    packRows(filter, <usize>outChannels << 2, taps, start, outChannels, to + ROW);
  }

  const paddedH = reach(outH, strideH, kernelH);
  const paddedW = reach(outW, strideW, kernelW);
  const direct = top == 0 && left == 0 && paddedH <= height && paddedW <= width;
  const rowBytes: i32 = ((direct ? width : paddedW) * inChannels) << 2;
  // prettier-ignore
  makeTiles(
    tiles,
    outH, height, kernelH, strideH, -top, direct ? 0 : top,
    outW, width, kernelW, strideW, -left, direct ? 0 : left,
    inChannels, rowBytes, 0, (outW * outChannels) << 2, outChannels << 2,
  );
  if (!direct) {
    checkScratch(scratch, padded + <usize>paddedH * rowBytes, end);
    memory.fill(padded, 0, <usize>paddedH * rowBytes);
  }
  const inside = padded + <usize>top * rowBytes + (<usize>(left * inChannels) << 2);
  const rows = min(height, paddedH - top);
  const columns = min(width, paddedW - left);
  for (; batch > 0; batch--) {
    if (!direct) copyRows(x, (<usize>width * inChannels) << 2, inside, rowBytes, rows, (<usize>columns * inChannels) << 2);
    runTiles(tiles, count, direct ? x : padded, scratch, bytes, outChannels, y, relu);
    x += imageBytes;
    y += outBytes;
  }
}

export function f32_conv2d_input_gradient_scratch(
  height: i32,
  width: i32,
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  top: i32,
  left: i32,
  outH: i32,
  outW: i32,
): usize {
  const phases = <usize>strideH * strideW;
  return (
    <usize>panelCount(inChannels) * ((<usize>kernelH * kernelW * outChannels + phases) * ROW) +
    (<usize>tileCount(height * width) + phases) * TILE +
    aligned(
      (<usize>paddedSize(height, strideH, kernelH, top, outH) *
        paddedSize(width, strideW, kernelW, left, outW) *
        outChannels) <<
        2,
    )
  );
}

/** dy with zeros around it, on one axis: every phase's windows lie inside. */
function paddedSize(size: i32, stride: i32, kernel: i32, padding: i32, outputs: i32): i32 {
  return (kernel - 1) / stride + max(outputs, (size - 1 + padding) / stride + 1);
}

/** dx [N, H, W, inChannels] of dy [N, outH, outW, outChannels]; everything else as in `f32_conv2d`. */
export function f32_conv2d_input_gradient(
  dy: usize,
  filter: usize,
  dx: usize,
  batch: i32,
  height: i32,
  width: i32,
  inChannels: i32,
  outChannels: i32,
  kernelH: i32,
  kernelW: i32,
  strideH: i32,
  strideW: i32,
  top: i32,
  left: i32,
  outH: i32,
  outW: i32,
  scratch: usize,
  end: usize,
): void {
  const dyBytes = (<usize>outH * outW * outChannels) << 2;
  const dxBytes = (<usize>height * width * inChannels) << 2;
  check(dy, <usize>batch * dyBytes);
  check(filter, (<usize>kernelH * kernelW * inChannels * outChannels) << 2);
  check(dx, <usize>batch * dxBytes);
  const panelsEach = panelCount(inChannels);
  const beforeH = (kernelH - 1) / strideH;
  const beforeW = (kernelW - 1) / strideW;
  const paddedH = paddedSize(height, strideH, kernelH, top, outH);
  const paddedW = paddedSize(width, strideW, kernelW, left, outW);
  const rowBytes = (paddedW * outChannels) << 2;

  // Scratch: all phases' panels, the padded dy, all phases' tiles.
  const panels = scratch;
  const padded =
    panels + <usize>panelsEach * ((<usize>kernelH * kernelW * outChannels + <usize>strideH * strideW) * ROW);
  const paddedBytes = aligned(<usize>paddedH * rowBytes);
  const tiles = padded + paddedBytes;
  checkScratch(scratch, tiles, end);
  memory.fill(padded, 0, paddedBytes);

  let panelAt = panels;
  let tileAt = tiles;
  for (let phaseH = 0; phaseH < strideH; phaseH++)
    for (let phaseW = 0; phaseW < strideW; phaseW++) {
      const tapsH = phaseH < kernelH ? (kernelH - phaseH + strideH - 1) / strideH : 0;
      const tapsW = phaseW < kernelW ? (kernelW - phaseW + strideW - 1) / strideW : 0;
      for (let panel = 0; panel < panelsEach; panel++) {
        const start = panelStart(panel, inChannels);
        packBias(0, start, inChannels, panelAt);
        panelAt += ROW;
        for (let i = tapsH - 1; i >= 0; i--)
          for (let j = tapsW - 1; j >= 0; j--) {
            const tap = (phaseH + i * strideH) * kernelW + phaseW + j * strideW;
            const from = filter + (<usize>(tap * inChannels * outChannels) << 2);
            packColumns(from, <usize>outChannels << 2, outChannels, start, inChannels, panelAt);
            panelAt += <usize>outChannels * ROW;
          }
      }
      // Pixels of this phase: row = stride · q + phase - top, which dy's rows q - taps + 1 to q reach.
      const firstH = (top - phaseH + strideH - 1 + strideH * kernelH) / strideH - kernelH; // ceil, also below zero
      const firstW = (left - phaseW + strideW - 1 + strideW * kernelW) / strideW - kernelW;
      const row = firstH * strideH + phaseH - top;
      const column = firstW * strideW + phaseW - left;
      const rows = row < height ? (height - row + strideH - 1) / strideH : 0;
      const columns = column < width ? (width - column + strideW - 1) / strideW : 0;
      checkScratch(scratch, tileAt + <usize>tileCount(rows * columns) * TILE, end);
      // prettier-ignore
      makeTiles(
        tileAt,
        rows, outH, tapsH, 1, firstH - tapsH + 1, beforeH,
        columns, outW, tapsW, 1, firstW - tapsW + 1, beforeW,
        outChannels, rowBytes,
        ((row * width + column) * inChannels) << 2, (strideH * width * inChannels) << 2, (strideW * inChannels) << 2,
      );
      tileAt += <usize>tileCount(rows * columns) * TILE;
    }

  const inside = padded + <usize>beforeH * rowBytes + (<usize>(beforeW * outChannels) << 2);
  const dyRow = (<usize>outW * outChannels) << 2;
  for (; batch > 0; batch--) {
    copyRows(dy, dyRow, inside, rowBytes, outH, dyRow);
    panelAt = panels;
    tileAt = tiles;
    for (let phaseH = 0; phaseH < strideH; phaseH++)
      for (let phaseW = 0; phaseW < strideW; phaseW++) {
        const tapsH = phaseH < kernelH ? (kernelH - phaseH + strideH - 1) / strideH : 0;
        const tapsW = phaseW < kernelW ? (kernelW - phaseW + strideW - 1) / strideW : 0;
        const rows = phasePixels(phaseH, strideH, top, height);
        const count = tileCount(rows * phasePixels(phaseW, strideW, left, width));
        const bytes = panelBytes(tapsH * tapsW * outChannels);
        runTiles(tileAt, count, padded, panelAt, bytes, inChannels, dx, false);
        panelAt += <usize>panelsEach * bytes;
        tileAt += <usize>count * TILE;
      }
    dy += dyBytes;
    dx += dxBytes;
  }
}

/** How many of `size` pixels are of a phase: those at stride · q + phase - before. */
function phasePixels(phase: i32, stride: i32, before: i32, size: i32): i32 {
  const first = (((phase - before) % stride) + stride) % stride;
  return first < size ? (size - first + stride - 1) / stride : 0;
}
