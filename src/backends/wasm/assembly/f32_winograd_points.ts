// Winograd's F(4x4, 3x3): a tile of 4x4 outputs of a 3x3 filter from 36 products instead of 144. With d the 6x6 inputs
// under the tile and g the filter, y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A (Lavin and Gray 2015, "Fast algorithms for
// convolutional neural networks"). Over all tiles and channels the products in brackets are 36 matrix products.
//
// The matrices interpolate at the points 0, ±P, ±Q and infinity. The usual 1 and 2 would have four times the rounding
// error of 3/4 and 3/2, which is two to three times that of the sum by definition; powers of both are exact in float32.
//
// All transforms have four channels in the lanes. Each is one of columns and then one of rows, by way of `temp`.

import { ROW, panelCount } from './panels';

export const POSITIONS: i32 = 36; // of a transformed tile, row by row
export const TILES: i32 = 16; // at a time, so that they stay in the second cache, transformed, and the filters with them
export const PANEL: usize = <usize>TILES * ROW; // of tiles
export const TEMP_BYTES: usize = <usize>POSITIONS * 16;

export const P: f32 = 0.75;
export const Q: f32 = 1.5;
export const P2: f32 = P * P;
export const Q2: f32 = Q * Q;
// G's rows are divided by the product of a point's differences from the other ones.
export const G0: f32 = 1.0 / (P2 * Q2);
export const GP: f32 = 1.0 / (2.0 * P2 * (P2 - Q2));
export const GQ: f32 = 1.0 / (2.0 * Q2 * (Q2 - P2));

/**
 * Bytes of one position: panels of 8 columns and so many rows, one after the other. The cache line more keeps the
 * positions of a tile from all falling into the same set of a cache.
 */
export function positionBytes(rows: i32, columns: i32): usize {
  return <usize>(panelCount(columns) * rows) * ROW + 64;
}

/** c - a · b, in one rounding where the engine has it. */
// @inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b));
}
