// The filter's transform G g Gᵀ, and its transpose Gᵀ u G for the filter's gradient; both four columns at a time.

import { ROW } from './panels';
import { madd } from './simd';
import { G0, GP, GQ, P, P2, Q, Q2, nmadd } from './f32_winograd_points';

/** G g Gᵀ of a packed panel of 9 taps of k rows each: at each position, `step` bytes apart, a panel of k rows. */
export function transformFilter(packed: usize, k: i32, temp: usize, to: usize, step: usize): void {
  const tap = <usize>k * ROW;
  for (const end = packed + tap; packed < end; packed += 16) {
    let at = packed;
    for (let i: usize = 0; i < 48; i += 16) {
      filterColumn(at, tap * 3, temp + i, 48);
      at += tap;
    }
    at = to;
    for (let i: usize = 0; i < 288; i += 48) {
      filterColumn(temp + i, 16, at, step);
      at += step * 6;
    }
    to += 16;
  }
}

// @inline
function filterColumn(from: usize, row: usize, to: usize, step: usize): void {
  const g0 = v128.load(from);
  from += row;
  const g1 = v128.load(from);
  const g2 = v128.load(from + row);
  v128.store(to, f32x4.mul(f32x4.splat(G0), g0));
  to += step;
  const evenP = madd(f32x4.splat(P2 * GP), g2, f32x4.mul(f32x4.splat(GP), g0));
  v128.store(to, madd(f32x4.splat(P * GP), g1, evenP));
  to += step;
  v128.store(to, nmadd(f32x4.splat(P * GP), g1, evenP));
  to += step;
  const evenQ = madd(f32x4.splat(Q2 * GQ), g2, f32x4.mul(f32x4.splat(GQ), g0));
  v128.store(to, madd(f32x4.splat(Q * GQ), g1, evenQ));
  to += step;
  v128.store(to, nmadd(f32x4.splat(Q * GQ), g1, evenQ));
  v128.store(to + step, g2);
}

/** Gᵀ u G of the 36 positions at `from`, `step` bytes apart: 9 taps, 16 bytes each, at `temp`. */
export function transformFilterGradient(from: usize, step: usize, temp: usize): void {
  for (let isRow = 0; isRow < 2; isRow++) {
    let at = isRow ? temp : from;
    let out = temp;
    for (let i = isRow ? 3 : 6; i > 0; i--) {
      gradientColumn(at, isRow ? 16 : 6 * step, out, isRow ? 16 : 96);
      at += isRow ? 96 : step;
      out += isRow ? 48 : 16;
    }
  }
}

// @inline
function gradientColumn(from: usize, row: usize, to: usize, step: usize): void {
  const u0 = v128.load(from);
  from += row;
  const u1 = v128.load(from);
  from += row;
  const u2 = v128.load(from);
  from += row;
  const u3 = v128.load(from);
  from += row;
  const u4 = v128.load(from);
  const u5 = v128.load(from + row);
  const evenP = f32x4.mul(f32x4.splat(GP), f32x4.add(u1, u2));
  const oddP = f32x4.mul(f32x4.splat(P * GP), f32x4.sub(u1, u2));
  const evenQ = f32x4.mul(f32x4.splat(GQ), f32x4.add(u3, u4));
  v128.store(to, madd(f32x4.splat(G0), u0, f32x4.add(evenP, evenQ)));
  to += step;
  v128.store(to, madd(f32x4.splat(Q * GQ), f32x4.sub(u3, u4), oddP));
  v128.store(to + step, madd(f32x4.splat(P2), evenP, madd(f32x4.splat(Q2), evenQ, u5)));
}
