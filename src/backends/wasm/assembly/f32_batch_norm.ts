// Batch norm itself, of one shard of the rows: by the moments of all shards, or by given statistics.

import { mergeMoments } from './f32_batch_norm_moments';
import { blockOf, group, isInPlaceSafe } from './f32_batch_norm_records';
import { check, checkScratch, f32Bytes, loadPart, madd, storePart, zero } from './simd';

/** Bytes of scratch memory for `f32_batch_norm_apply`. */
export function f32_batch_norm_apply_scratch(channels: i32): usize {
  return 2 * f32Bytes(channels);
}

/**
 * One shard's y = (x - mean) / √(variance + epsilon) · scale + shift by the moments of all shards, plus `add`, then
 * perhaps ReLU.
 * @param hyper [epsilon, …]
 * @param add As large as x, for the shortcut of a residual; 0 for none.
 * @param y May be x or add, where the channels are a multiple of four.
 * @param rows Those of this shard.
 */
export function f32_batch_norm_apply(
  x: usize,
  records: usize,
  scale: usize,
  shift: usize,
  hyper: usize,
  add: usize,
  y: usize,
  shards: i32,
  rows: i32,
  channels: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  const factor = scratch + f32Bytes(channels);
  checkScratch(scratch, scratch + f32_batch_norm_apply_scratch(channels), end);
  mergeMoments(records, scratch, factor, shards, channels);
  factors(factor, scale, factor, load<f32>(hyper), channels);
  normalise(x, scratch, factor, shift, add, y, rows, channels, relu);
}

/** Bytes of scratch memory for `f32_batch_norm_running`. */
export function f32_batch_norm_running_scratch(channels: i32): usize {
  return f32Bytes(channels);
}

/** `f32_batch_norm_apply` by given statistics [C], as at inference. */
export function f32_batch_norm_running(
  x: usize,
  mean: usize,
  variance: usize,
  scale: usize,
  shift: usize,
  hyper: usize,
  add: usize,
  y: usize,
  rows: i32,
  channels: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  checkScratch(scratch, scratch + f32_batch_norm_running_scratch(channels), end);
  factors(variance, scale, scratch, load<f32>(hyper), channels);
  normalise(x, mean, scratch, shift, add, y, rows, channels, relu);
}

/** Bytes of scratch memory for `f32_batch_norm_inference`. */
export function f32_batch_norm_inference_scratch(channels: i32): usize {
  return f32Bytes(channels);
}

/** tfjs's FusedBatchNorm: by given statistics [C]; scale or shift may be 0 for none. */
export function f32_batch_norm_inference(
  x: usize,
  mean: usize,
  variance: usize,
  scale: usize,
  shift: usize,
  y: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
  scratch: usize,
  end: usize,
): void {
  checkScratch(scratch, scratch + f32_batch_norm_inference_scratch(channels), end);
  factors(variance, scale, scratch, epsilon, channels);
  normalise(x, mean, scratch, shift, 0, y, rows, channels, false);
}

/** scale / √(variance + epsilon); in place too. */
function factors(variance: usize, scale: usize, factor: usize, epsilon: f32, channels: i32): void {
  for (let i: usize = 0, bytes = f32Bytes(channels); i < bytes; i += 4) {
    const deviation = sqrt<f32>(load<f32>(variance + i) + epsilon);
    store<f32>(factor + i, (scale ? load<f32>(scale + i) : <f32>1) / deviation);
  }
}

/** y = (x - mean) · factor + shift + add, then perhaps ReLU. */
function normalise(
  x: usize,
  mean: usize,
  factor: usize,
  shift: usize,
  add: usize,
  y: usize,
  rows: i32,
  channels: i32,
  relu: bool,
): void {
  const row = f32Bytes(channels);
  check(x, <usize>rows * row);
  check(y, <usize>rows * row);
  if (add) check(add, <usize>rows * row);
  assert((y != x && y != add) || isInPlaceSafe(channels));
  const lanes = min(4, channels);
  const block = blockOf(channels);
  const least = f32x4.splat(relu ? 0 : -Infinity);
  for (let start = 0; start < rows; start += block) {
    const end = <usize>min(start + block, rows) * row;
    for (let c = 0; c < channels; c += 4) {
      const from = group(c, channels);
      const m = loadPart(mean + from, lanes);
      const f = loadPart(factor + from, lanes);
      const s = shift ? loadPart(shift + from, lanes) : zero();
      let i = <usize>start * row + from;
      if (channels >= 4)
        for (; i < end; i += row) {
          let v = madd(f32x4.sub(v128.load(x + i), m), f, s);
          if (add) v = f32x4.add(v, v128.load(add + i));
          v128.store(y + i, f32x4.pmax(v, least)); // not a number stays one
        }
      else
        for (; i < end; i += row) {
          let v = madd(f32x4.sub(loadPart(x + i, lanes), m), f, s);
          if (add) v = f32x4.add(v, loadPart(add + i, lanes));
          storePart(y + i, f32x4.pmax(v, least), lanes);
        }
    }
  }
}
