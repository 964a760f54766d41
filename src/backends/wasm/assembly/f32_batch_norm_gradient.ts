// The gradient of batch norm, in shards of the rows: sums over each shard, then dx from all of them together.

import {
  blockOf,
  clearRecord,
  group,
  isInPlaceSafe,
  padded,
  settleRecord,
  sumOfRecords,
} from './f32_batch_norm_records';
import { check, checkScratch, f32Bytes, loadPart, madd, storePart, zero } from './simd';

/** What comes in from above at offset i: dy, another gradient added, and 0 where ReLU's output y was 0 or less. */
// @inline
function above(y: usize, dy: usize, add: usize, i: usize, lanes: i32): v128 {
  let g = loadPart(dy + i, lanes);
  if (add) g = f32x4.add(g, loadPart(add + i, lanes));
  if (y) g = v128.andnot(g, f32x4.le(loadPart(y + i, lanes), zero()));
  return g;
}

/**
 * One shard's sums, for `f32_batch_norm_gradient_apply` to add up.
 * @param y The output, where ReLU came after; otherwise 0.
 * @param add Another gradient of the output, for the shortcut of a residual; 0 for none. With it, `dz` is wanted.
 * @param mean [C]
 * @param dz dy + add, where ReLU let it through: the gradient of what went into ReLU, and so of what was added before
 *   it. 0 for none. May be dy, where the channels are a multiple of four.
 * @param record The sums, of `f32_batch_norm_record` bytes.
 */
export function f32_batch_norm_gradient_sums(
  x: usize,
  y: usize,
  dy: usize,
  add: usize,
  mean: usize,
  dz: usize,
  record: usize,
  rows: i32,
  channels: i32,
): void {
  const row = f32Bytes(channels);
  check(x, <usize>rows * row);
  check(dy, <usize>rows * row);
  if (y) check(y, <usize>rows * row);
  if (add) check(add, <usize>rows * row);
  if (dz) check(dz, <usize>rows * row);
  assert(!add || dz != 0);
  assert(dz != dy || isInPlaceSafe(channels));
  const lanes = min(4, channels);
  const block = blockOf(channels);
  const dots = record + padded(channels);
  clearRecord(record, channels);
  for (let start = 0; start < rows; start += block) {
    const count = min(block, rows - start);
    const end = <usize>(start + count) * row;
    const pairs = <usize>(channels < 4 ? 0 : start + (count & ~1)) * row;
    for (let c = 0; c < channels; c += 4) {
      const from = group(c, channels);
      const m = loadPart(mean + from, lanes);
      const to = f32Bytes(c);
      let s0 = v128.load(record + to);
      let d0 = v128.load(dots + to);
      let s1 = zero();
      let d1 = zero();
      let i = <usize>start * row + from;
      for (; i < pairs; i += 2 * row) {
        const g0 = above(y, dy, add, i, 4);
        const g1 = above(y, dy, add, i + row, 4);
        if (dz) {
          v128.store(dz + i, g0);
          v128.store(dz + i + row, g1);
        }
        s0 = f32x4.add(s0, g0);
        s1 = f32x4.add(s1, g1);
        d0 = madd(g0, f32x4.sub(v128.load(x + i), m), d0);
        d1 = madd(g1, f32x4.sub(v128.load(x + i + row), m), d1);
      }
      for (; i < end; i += row) {
        const g = above(y, dy, add, i, lanes);
        if (dz) storePart(dz + i, g, lanes);
        s0 = f32x4.add(s0, g);
        d0 = madd(g, f32x4.sub(loadPart(x + i, lanes), m), d0);
      }
      v128.store(record + to, f32x4.add(s0, s1));
      v128.store(dots + to, f32x4.add(d0, d1));
    }
  }
  settleRecord(record, channels);
}

/** dscale [C] and dshift [C] of all shards' sums. */
export function f32_batch_norm_gradient_parameters(
  records: usize,
  inverse: usize,
  dscale: usize,
  dshift: usize,
  shards: i32,
  channels: i32,
): void {
  check(dscale, f32Bytes(channels));
  check(dshift, f32Bytes(channels));
  for (let c = 0; c < channels; c++) {
    const i = f32Bytes(c);
    store<f32>(dshift + i, sumOfRecords(records + i, shards, channels));
    const dot = sumOfRecords(records + padded(channels) + i, shards, channels);
    store<f32>(dscale + i, dot * load<f32>(inverse + i));
  }
}

/** Scratch memory for `f32_batch_norm_gradient_apply`. */
export function f32_batch_norm_gradient_apply_scratch(channels: i32): usize {
  return 3 * padded(channels);
}

/**
 * dx of one shard, from all shards' sums. With z = (x - mean) · inverse and means over all rows:
 * dx = scale · inverse · (dy - mean(dy) - z · mean(dy · z)) (Ioffe and Szegedy 2015).
 * @param y The output, where ReLU came after; 0 without one, and where dy is the `dz` of the sums.
 * @param dx May be dy, where the channels are a multiple of four.
 * @param total Rows of all shards; `rows` of this one.
 */
export function f32_batch_norm_gradient_apply(
  x: usize,
  y: usize,
  dy: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  records: usize,
  dx: usize,
  shards: i32,
  total: i32,
  rows: i32,
  channels: i32,
  scratch: usize,
  end: usize,
): void {
  const row = f32Bytes(channels);
  check(x, <usize>rows * row);
  check(dy, <usize>rows * row);
  check(dx, <usize>rows * row);
  if (y) check(y, <usize>rows * row);
  assert(dx != dy || isInPlaceSafe(channels));
  checkScratch(scratch, scratch + f32_batch_norm_gradient_apply_scratch(channels), end);
  // dx = factor · dy + slope · (x - mean) + offset
  const slopes = scratch + padded(channels);
  const offsets = slopes + padded(channels);
  for (let i: usize = 0; i < row; i += 4) {
    const inv = load<f32>(inverse + i);
    const factor = load<f32>(scale + i) * inv;
    const dot = sumOfRecords(records + padded(channels) + i, shards, channels) * inv;
    const slope = (-factor * dot * inv) / <f32>total;
    const sum = sumOfRecords(records + i, shards, channels);
    store<f32>(scratch + i, factor);
    store<f32>(slopes + i, slope);
    store<f32>(offsets + i, (-factor * sum) / <f32>total);
  }
  const lanes = min(4, channels);
  const block = blockOf(channels);
  for (let start = 0; start < rows; start += block) {
    const last = <usize>min(start + block, rows) * row;
    for (let c = 0; c < channels; c += 4) {
      const from = group(c, channels);
      const m = loadPart(mean + from, lanes);
      const factor = v128.load(scratch + from);
      const slope = v128.load(slopes + from);
      const offset = v128.load(offsets + from);
      let i = <usize>start * row + from;
      if (channels >= 4)
        for (; i < last; i += row) {
          const v = madd(slope, f32x4.sub(v128.load(x + i), m), offset);
          v128.store(dx + i, madd(factor, above(y, dy, 0, i, 4), v));
        }
      else
        for (; i < last; i += row) {
          const v = madd(slope, f32x4.sub(loadPart(x + i, lanes), m), offset);
          storePart(dx + i, madd(factor, above(y, dy, 0, i, lanes), v), lanes);
        }
    }
  }
}
