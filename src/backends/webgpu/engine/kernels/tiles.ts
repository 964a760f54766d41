import { kernel } from '../kernel.js';
import type { Kernel, Signature } from '../kernel.js';

// A matrix product in tiles: a workgroup makes 64 rows by 16 columns of the result, each invocation four by four. Along
// the depth it goes 16 at a time, which it first brings into memory that it shares.

const SHARED = `
var<workgroup> tile_rows: array<vec4i, 64>;
var<workgroup> tile_depths: array<vec4i, 16>;
var<workgroup> tile_left: array<vec4f, 272>;
var<workgroup> tile_right: array<vec4f, 80>;
`;

/** Sums \`p\` and \`q\` over the rows of a tile; lane i below 16 gets those of column i. */
export const TILE_SUMS = `
fn tile_sums(lane: u32, p: vec4f, q: vec4f) -> vec2f {
  workgroupBarrier();
  tile_left[lane] = p;
  tile_left[64u + lane] = q;
  workgroupBarrier();
  var sums = vec2f();
  for (var i = lane / 4u % 4u; i < 64u; i += 4u) {
    sums += vec2f(tile_left[i][lane % 4u], tile_left[64u + i][lane % 4u]);
  }
  return sums;
}
`;

export const [ROWS, COLUMNS, DEPTH] = [64, 16, 16];

/** A product left · right; all texts are WGSL in which `a` holds the call's arguments. */
interface Product<S extends Signature> {
  readonly name: string;
  readonly signature: S;
  readonly uses?: readonly string[];
  /** Sizes of the result and of what is summed over. */
  readonly rows: string;
  readonly columns: string;
  readonly depth: string;
  /** What an entry's row `m` is, or its place `k` in the depth, as a vec4i; worked out once for many entries. */
  readonly row: string;
  readonly place: string;
  /** Entries, of a row `r` and a place `d`, or of `d` and a column `n`. */
  readonly left: string;
  readonly right: string;
  /** Along which of them neighbours in memory lie. */
  readonly leftAlong: 'rows' | 'depth';
  readonly rightAlong: 'columns' | 'depth';
  /** Writes entry `y` of row `m` and column `n`, and returns what `finish` takes; `part` is which share of the depth it sums. */
  readonly store: string;
  /** Perhaps instead of `store`: writes `sums`, the four by four entries from row `m` and column `n` on, and returns. */
  readonly storeTile?: string;
  /** What is done with `sums` once they are written. */
  readonly finish?: string;
  /** Functions that these texts use. */
  readonly helpers?: string;
}

/**
 * A kernel that multiplies. Its calls have as many groups as `tilesOf` says, for each of their `parts`, which share the
 * depth by `span`, a multiple of 16.
 */
export function product<const S extends Signature>(definition: Product<S>): Kernel<S> {
  const { name, signature, uses = [], leftAlong, rightAlong } = definition;
  const span = 'span' in signature ? 'a.span' : definition.depth;
  const [leftDepth, leftRow] = leftAlong === 'depth' ? ['v % 16u', 'v / 16u'] : ['v / 64u', 'v % 64u'];
  const [rightDepth, rightColumn] = rightAlong === 'depth' ? ['v % 16u', 'v / 16u'] : ['v / 16u', 'v % 16u'];
  const call = `a: ${name}_call`;
  return kernel({
    name,
    signature,
    uses: [
      SHARED,
      ...uses,
      `${definition.helpers ?? ''}
fn ${name}_row(${call}, m: u32) -> vec4i { ${definition.row} }
fn ${name}_place(${call}, k: u32) -> vec4i { ${definition.place} }
fn ${name}_left(${call}, r: vec4i, d: vec4i) -> f32 {
  if (r.w == 0 || d.w == 0) { return 0f; }
  ${definition.left}
}
fn ${name}_right(${call}, d: vec4i, n: u32) -> f32 {
  if (d.w == 0 || n >= ${definition.columns}) { return 0f; }
  ${definition.right}
}
fn ${name}_store(${call}, m: u32, n: u32, y: f32, part: u32) -> f32 { ${definition.store} }`,
    ],
    body: `
  let high = (${definition.rows} + 63u) / 64u;
  let wide = (${definition.columns} + 15u) / 16u;
  let m0 = group % high * 64u;
  let n0 = group / high % wide * 16u;
  let part = group / (high * wide);
  let begin = part * ${span};
  let end = min(${definition.depth}, begin + ${span});
  tile_rows[lane] = vec4i(0);
  if (m0 + lane < ${definition.rows}) { tile_rows[lane] = ${name}_row(a, m0 + lane); }
  let high4 = lane / 4u;
  let wide4 = lane % 4u;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  for (var k0 = begin; k0 < end; k0 += 16u) {
    if (lane < 16u) {
      tile_depths[lane] = vec4i(0);
      if (k0 + lane < end) { tile_depths[lane] = ${name}_place(a, k0 + lane); }
    }
    workgroupBarrier();
    for (var v = lane; v < 4u * phase.y; v += 64u) {
      let k = ${leftDepth};
      let r = ${leftRow};
      tile_left[k * 17u + r / 4u][r % 4u] = ${name}_left(a, tile_rows[r], tile_depths[k]);
    }
    for (var v = lane; v < phase.y; v += 64u) {
      let k = ${rightDepth};
      let c = ${rightColumn};
      tile_right[k * 5u + c / 4u][c % 4u] = ${name}_right(a, tile_depths[k], n0 + c);
    }
    workgroupBarrier();
    for (var k = 0u; k < phase.z; k++) {
      let l = tile_left[k * 17u + high4];
      let r = tile_right[k * 5u + wide4];
      c0 += l.x * r; c1 += l.y * r; c2 += l.z * r; c3 += l.w * r;
    }
  }
  let m = m0 + 4u * high4;
  let n = n0 + 4u * wide4;
  var sums = array<vec4f, 4>(c0, c1, c2, c3);
  ${definition.storeTile ?? ''}
  for (var i = 0u; i < phase.w; i++) {
    for (var j = 0u; j < phase.w; j++) {
      if (m + i < ${definition.rows} && n + j < ${definition.columns}) {
        sums[i][j] = ${name}_store(a, m + i, n + j, sums[i][j], part);
      }
    }
  }
  ${definition.finish ?? ''}`,
  });
}

/** Workgroups that a result of so many rows and columns takes. */
export const tilesOf = (rows: number, columns: number): number => Math.ceil(rows / ROWS) * Math.ceil(columns / COLUMNS);
