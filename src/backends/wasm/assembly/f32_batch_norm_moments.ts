// Batch norm's statistics (Ioffe and Szegedy 2015): each shard of the rows has its own moments, and from all of them
// together follow the batch's. A shard walks through blocks of rows that fit in the first cache, four channels at a time.

import { blockOf, clearRecord, f32_batch_norm_record, group, padded, settleRecord } from './f32_batch_norm_records';
import { check, f32Bytes, loadPart, madd, zero } from './simd';

/**
 * The mean of a shard's rows and the sum of their squared deviations from it, into its record. One pass: deviations are
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

/** mean [C] and (biased) variance [C] of all shards' rows (Chan et al. 1979). Returns the number of rows. */
export function mergeMoments(records: usize, mean: usize, variance: usize, shards: i32, channels: i32): f32 {
  const stride = f32_batch_norm_record(channels);
  const second = padded(channels);
  check(records, stride * shards);
  let rows: f64 = 0;
  for (let i: usize = 0, bytes = f32Bytes(channels); i < bytes; i += 4) {
    let record = records + i;
    rows = <f64>load<f32>(records + 2 * second);
    let merged = <f64>load<f32>(record);
    let squares = <f64>load<f32>(record + second);
    for (let shard = 1; shard < shards; shard++) {
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
  shards: i32,
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
  const rows = mergeMoments(records, mean, inverse, shards, channels);
  const unbiased = rows / max<f32>(1, rows - 1);
  for (let c: usize = 0; c < row; c += 4) {
    const variance = load<f32>(inverse + c);
    store<f32>(inverse + c, <f32>1 / sqrt<f32>(variance + epsilon));
    store<f32>(runningMean + c, (<f32>1 - momentum) * load<f32>(runningMean + c) + momentum * load<f32>(mean + c));
    const moved = (<f32>1 - momentum) * load<f32>(runningVariance + c) + momentum * variance * unbiased;
    store<f32>(runningVariance + c, moved);
  }
}
