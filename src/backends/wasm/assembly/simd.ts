// What every kernel is made of: one fused multiply-add, checks of the debug build, and partial vectors.

/** a · b + c, in one rounding where the engine has it. */
// @inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Bytes of so many floats. */
// @inline
export function f32Bytes(count: i32): usize {
  return (<usize>count) << 2;
}

// @inline
export function zero(): v128 {
  return f32x4.splat(0);
}

/** Debug build: `pointer` is a float's address and `bytes` from there lie in memory. */
// @inline
export function check(pointer: usize, bytes: usize): void {
  assert((pointer & 3) == 0);
  assert(<u64>pointer + <u64>bytes <= (<u64>memory.size()) << 16);
}

/** Bytes, rounded up so that what follows in scratch memory is aligned. */
// @inline
export function aligned(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Debug build: scratch memory starts at a multiple of 16, and what was taken of it lies before its end. */
// @inline
export function checkScratch(scratch: usize, taken: usize, end: usize): void {
  assert((scratch & 15) == 0);
  assert(taken <= end);
  check(scratch, end - scratch);
}

/** The first `count` (1 to 4) floats from `pointer`, then zeros; nothing beyond them is read. */
// @inline
export function loadPart(pointer: usize, count: i32): v128 {
  return count >= 4 ? v128.load(pointer) : loadFew(pointer, count);
}

function loadFew(pointer: usize, count: i32): v128 {
  let v = zero();
  if (count > 0) v = f32x4.replace_lane(v, 0, load<f32>(pointer));
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(pointer, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(pointer, 8));
  return v;
}

/** Stores the first `count` (1 to 4) floats of `v`. */
// @inline
export function storePart(pointer: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(pointer, v);
  else storeFew(pointer, v, count);
}

function storeFew(pointer: usize, v: v128, count: i32): void {
  if (count > 0) store<f32>(pointer, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(pointer, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(pointer, f32x4.extract_lane(v, 2), 8);
}

/** Stores the first `columns` (1 to 8) of a tile's row. */
// @inline
export function storeRow(pointer: usize, low: v128, high: v128, columns: i32): void {
  if (columns == 8) {
    v128.store(pointer, low);
    v128.store(pointer, high, 16);
  } else if (columns == 6) {
    v128.store(pointer, low);
    v128.store_lane<i64>(pointer, high, 0, 16);
  } else storeRowPart(pointer, low, high, columns);
}

function storeRowPart(pointer: usize, low: v128, high: v128, columns: i32): void {
  storePart(pointer, low, columns);
  if (columns > 4) storePart(pointer + 16, high, columns - 4);
}
