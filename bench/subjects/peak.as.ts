// The SIMD peak of one thread: ten chains of multiply and add in registers, nothing else. AssemblyScript.

/** 80 operations a turn. @returns something, so that nothing is left out. */
export function turns(count: i32): f32 {
  let a = f32x4.splat(1);
  let b = a,
    c = a,
    d = a,
    e = a,
    f = a,
    g = a,
    h = a,
    i = a,
    j = a;
  const x = f32x4.splat(0.999);
  const y = f32x4.splat(0.5);
  for (; count > 0; count--) {
    a = madd(x, a, y);
    b = madd(x, b, y);
    c = madd(x, c, y);
    d = madd(x, d, y);
    e = madd(x, e, y);
    f = madd(x, f, y);
    g = madd(x, g, y);
    h = madd(x, h, y);
    i = madd(x, i, y);
    j = madd(x, j, y);
  }
  const sum = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  return f32x4.extract_lane(f32x4.add(sum, f32x4.add(i, j)), 0);
}

// @inline
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}
