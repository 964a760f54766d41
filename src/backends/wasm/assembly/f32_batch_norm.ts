// Batch norm over x [rows, C] by the batch's own mean and variance (Ioffe and Szegedy 2015), in shares of the rows: each
// share's moments, then y from all of them together. A share walks through blocks of rows that fit in the first cache,
// four channels at a time; where the channels are no multiple of four, the last four repeat some.

import { check, checkScratch, f32Bytes, loadPart, madd, storePart, zero } from './simd';

/** Rows that are worked on together: 4 KB an array. */
// @inline
export function blockOf(channels: i32): i32 {
  return max(4, 1024 / channels);
}

/** Offset of the four channels that begin at c, or of the last four. */
// @inline
export function group(c: i32, channels: i32): usize {
  return channels < 4 ? 0 : f32Bytes(min(c, channels - 4));
}

/** Whether an output may be an input: no channel is met twice. */
// @inline
export function isInPlaceSafe(channels: i32): bool {
  return channels < 4 || (channels & 3) == 0;
}

/** Bytes of one value a channel, in whole vectors. */
// @inline
export function padded(channels: i32): usize {
  return f32Bytes((channels + 3) & ~3);
}

/**
 * Bytes of one share's record: two values a channel (mean and sum of squared deviations; in the gradient, sums of dy and
 * of dy · (x - mean)), each padded to whole vectors, and the number of rows. Records of shares lie side by side.
 */
export function f32_batch_norm_record(channels: i32): usize {
  return (2 * padded(channels) + 4 + 63) & ~63; // whole cache lines, so that threads do not wait for each other
}

/** A record of no rows. */
export function clearRecord(record: usize, channels: i32): void {
  check(record, f32_batch_norm_record(channels));
  memory.fill(record, 0, f32_batch_norm_record(channels));
}

/** Puts the last four channels of a record in their place, which until here had one of their own. */
export function settleRecord(record: usize, channels: i32): void {
  if (isInPlaceSafe(channels)) return;
  const from = record + f32Bytes(channels & ~3);
  const to = record + group(channels, channels);
  const second = padded(channels);
  v128.store(to, v128.load(from));
  v128.store(to + second, v128.load(from + second));
}

/** The sum of one value of all records. */
export function sumOfRecords(value: usize, shares: i32, channels: i32): f32 {
  const stride = f32_batch_norm_record(channels);
  let sum: f32 = 0;
  for (; shares > 0; shares--) {
    sum += load<f32>(value);
    value += stride;
  }
  return sum;
}

/**
 * The mean of a share's rows and the sum of their squared deviations from it, into its record. One pass: deviations are
 * taken from the mean of the rows before the block (at first, from the first row), then moved (Chan et al. 1979).
 */
export function f32_batch_norm_moments(x: usize, record: usize, rows: i32, channels: i32): void {
  const row = f32Bytes(channels);
  check(x, <usize>rows * row);
  const lanes = min(4, channels);
  const block = blockOf(channels);
  const squares = record + padded(channels);
  clearRecord(record, channels);
  store<f32>(record + 2 * padded(channels), <f32>rows);
  for (let c = 0; c < channels; c += 4) v128.store(record + f32Bytes(c), loadPart(x + group(c, channels), lanes));
  for (let start = 0; start < rows; start += block) {
    const count = min(block, rows - start);
    const over = f32x4.splat(<f32>1 / <f32>(start + count));
    for (let c = 0; c < channels; c += 4) {
      const to = f32Bytes(c);
      const mean = v128.load(record + to);
      let s0 = zero();
      let s1 = s0;
      let q0 = s0;
      let q1 = s0;
      let from = x + group(c, channels);
      const pairs = channels < 4 ? 0 : count >> 1;
      for (let i = pairs; i > 0; i--) {
        const d0 = f32x4.sub(v128.load(from), mean);
        const d1 = f32x4.sub(v128.load(from + row), mean);
        s0 = f32x4.add(s0, d0);
        s1 = f32x4.add(s1, d1);
        q0 = madd(d0, d0, q0);
        q1 = madd(d1, d1, q1);
        from += 2 * row;
      }
      for (let i = count - 2 * pairs; i > 0; i--) {
        const d = f32x4.sub(loadPart(from, lanes), mean);
        s0 = f32x4.add(s0, d);
        q0 = madd(d, d, q0);
        from += row;
      }
      const sum = f32x4.add(s0, s1);
      const moved = f32x4.mul(sum, over);
      const rest = f32x4.sub(f32x4.add(q0, q1), f32x4.mul(sum, moved));
      v128.store(record + to, f32x4.add(mean, moved));
      v128.store(squares + to, f32x4.add(v128.load(squares + to), rest));
    }
    x += <usize>count * row;
  }
  settleRecord(record, channels);
}

/** mean [C] and (biased) variance [C] of all shares' rows (Chan et al. 1979). Returns the number of rows. */
function mergeMoments(records: usize, mean: usize, variance: usize, shares: i32, channels: i32): f32 {
  const stride = f32_batch_norm_record(channels);
  const second = padded(channels);
  check(records, stride * shares);
  let rows: f64 = 0;
  for (let i: usize = 0, bytes = f32Bytes(channels); i < bytes; i += 4) {
    let record = records + i;
    rows = <f64>load<f32>(records + 2 * second);
    let merged = <f64>load<f32>(record);
    let squares = <f64>load<f32>(record + second);
    for (let share = 1; share < shares; share++) {
      record += stride;
      const more = <f64>load<f32>(record - i + 2 * second);
      const difference = <f64>load<f32>(record) - merged;
      const weight = more / (rows + more);
      merged += difference * weight;
      squares += <f64>load<f32>(record + second) + difference * difference * rows * weight;
      rows += more;
    }
    store<f32>(mean + i, <f32>merged);
    store<f32>(variance + i, <f32>max<f64>(squares / rows, 0));
  }
  return <f32>rows;
}

/**
 * What is to be remembered of a batch: mean [C] and inverse [C] = 1 / √(variance + epsilon) for the gradient; the
 * running mean and the running (unbiased) variance move towards the batch's by `momentum`, in place.
 * @param hyper [epsilon, momentum]
 */
export function f32_batch_norm_remember(
  records: usize,
  hyper: usize,
  runningMean: usize,
  runningVariance: usize,
  mean: usize,
  inverse: usize,
  shares: i32,
  channels: i32,
): void {
  const row = f32Bytes(channels);
  check(runningMean, row);
  check(runningVariance, row);
  check(mean, row);
  check(inverse, row);
  check(hyper, 8);
  const epsilon = load<f32>(hyper);
  const momentum = load<f32>(hyper, 4);
  const rows = mergeMoments(records, mean, inverse, shares, channels);
  const unbiased = rows / max<f32>(1, rows - 1);
  for (let c: usize = 0; c < row; c += 4) {
    const variance = load<f32>(inverse + c);
    store<f32>(inverse + c, <f32>1 / sqrt<f32>(variance + epsilon));
    store<f32>(runningMean + c, (<f32>1 - momentum) * load<f32>(runningMean + c) + momentum * load<f32>(mean + c));
    const moved = (<f32>1 - momentum) * load<f32>(runningVariance + c) + momentum * variance * unbiased;
    store<f32>(runningVariance + c, moved);
  }
}

/** Bytes of scratch memory for `f32_batch_norm_apply`. */
export function f32_batch_norm_apply_scratch(channels: i32): usize {
  return 2 * f32Bytes(channels);
}

/**
 * One share's y = (x - mean) / √(variance + epsilon) · scale + shift by the moments of all shares, plus `add`, then
 * perhaps ReLU.
 * @param hyper [epsilon, …]
 * @param add As large as x, for the shortcut of a residual; 0 for none.
 * @param y May be x or add, where the channels are a multiple of four.
 * @param rows Those of this share.
 */
export function f32_batch_norm_apply(
  x: usize,
  records: usize,
  scale: usize,
  shift: usize,
  hyper: usize,
  add: usize,
  y: usize,
  shares: i32,
  rows: i32,
  channels: i32,
  relu: bool,
  scratch: usize,
  end: usize,
): void {
  const factor = scratch + f32Bytes(channels);
  checkScratch(scratch, scratch + f32_batch_norm_apply_scratch(channels), end);
  mergeMoments(records, scratch, factor, shares, channels);
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
