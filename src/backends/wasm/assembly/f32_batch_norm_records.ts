// What threads tell each other of their shards of the rows: records of two values a channel, four channels at a time.
// Where the channels are no multiple of four, the last four repeat some.

import { check, f32Bytes } from './simd';

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
 * Bytes of one shard's record: two values a channel (mean and sum of squared deviations; in the gradient, sums of dy and
 * of dy · (x - mean)), each padded to whole vectors, and the number of rows. Records of shards lie side by side.
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
export function sumOfRecords(value: usize, shards: i32, channels: i32): f32 {
  const stride = f32_batch_norm_record(channels);
  let sum: f32 = 0;
  for (; shards > 0; shards--) {
    sum += load<f32>(value);
    value += stride;
  }
  return sum;
}
