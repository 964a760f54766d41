import { kernel } from '../kernel.js';
import type { Kernel, Signature } from '../kernel.js';

// A matrix product in tiles: a workgroup makes 128 rows by 16 columns of the result, or more rows of fewer columns, and each
// invocation eight by four, for which it reads twelve numbers at a time. They come from the first cache, where the
// neighbours' are too. Memory that a workgroup shares would not have to be read less often, and kernels that have
// barriers, even where they do not come to them, take three times as long on software adapters.

/** How many invocations of a tile lie side by side: where there are no more than 4 or 8 columns, none would make others. */
const quads = (columns: string): string => `select(select(4u, 2u, ${columns} <= 8u), 1u, ${columns} <= 4u)`;

/** Sums `p` and `q` over the rows of a tile; lane i gets those of column i. */
export const TILE_SUMS = `
var<workgroup> tile: array<vec4f, 128>;
var<workgroup> tile_first: array<vec4f, 4>;
fn tile_sums(lane: u32, quads: u32, p: vec4f, q: vec4f) -> vec2f {
  workgroupBarrier();
  tile[lane] = p;
  tile[64u + lane] = q;
  workgroupBarrier();
  var sums = vec2f();
  for (var i = lane / 4u % quads; i < 64u; i += quads) {
    sums += vec2f(tile[i][lane % 4u], tile[64u + i][lane % 4u]);
  }
  return sums;
}
`;

/** A text for the first four of an invocation's eight rows, and for the others, whose names end in 2. */
export const twice = (text: (which: '' | '2') => string): string => text('') + text('2');

/** Adds what eight rows, `l` and `l2`, and four columns, `r`, have at a place in the depth. */
export const ADD = twice((i) => ['x', 'y', 'z', 'w'].map((row) => `c${row}${i} += l${i}.${row} * r;`).join(' '));

/** Four numbers of an array, at the places in a vec4u `at`, `on` further. */
export const four = (array: 'A' | 'W', at: string, on: string): string =>
  `vec4f(${['x', 'y', 'z', 'w'].map((i) => `${array}[${at}.${i} + ${on}]`).join(', ')})`;

/** A product left · right; all texts are WGSL in which `a` holds the call's arguments. */
interface Product<S extends Signature> {
  readonly name: string;
  readonly signature: S;
  readonly uses?: readonly string[];
  /** Sizes of the result. */
  readonly rows: string;
  readonly columns: string;
  /**
   * Goes through the depth, or through a `part` of it, and at each place does `ADD`. `ms`, `ms2` and `ns` are the
   * invocation's rows and columns, the last one again instead of what is beyond it.
   */
  readonly depth: string;
  /** Writes entry `y` of row `m` and column `n`, and returns what `finish` takes. */
  readonly store: string;
  /** Perhaps instead of `store`: writes `sums`, the eight by four entries from row `m` and column `n` on, and returns. */
  readonly storeTile?: string;
  /** What is done with `sums` once they are written, by all invocations. */
  readonly finish?: string;
  /** Functions that these texts use. */
  readonly helpers?: string;
}

/** A kernel that multiplies. Its calls have as many groups as `tilesOf` says, for each part of the depth. */
export function product<const S extends Signature>(definition: Product<S>): Kernel<S> {
  const { name, signature, uses = [], rows, columns, depth, store } = definition;
  return kernel({
    name,
    signature,
    uses: [
      ...uses,
      `${definition.helpers ?? ''}
fn ${name}_store(a: ${name}_call, m: u32, n: u32, y: f32, part: u32) -> f32 { ${store} }`,
    ],
    body: `
  let quads = ${quads(columns)};
  let tall = 512u / quads;
  let high = (${rows} + tall - 1u) / tall;
  let wide = (${columns} + 15u) / 16u;
  let m0 = group % high * tall;
  let n0 = group / high % wide * 16u;
  let part = group / (high * wide);
  let m = m0 + lane / quads * 8u;
  let n = n0 + lane % quads * 4u;
  ${twice((i) => `var cx${i} = vec4f(); var cy${i} = vec4f(); var cz${i} = vec4f(); var cw${i} = vec4f();`)}
  if (m < ${rows} && n < ${columns}) {
    let ms = min(m + vec4u(0, 1, 2, 3), vec4u(${rows} - 1u));
    let ms2 = min(m + vec4u(4, 5, 6, 7), vec4u(${rows} - 1u));
    let ns = min(n + vec4u(0, 1, 2, 3), vec4u(${columns} - 1u));
    ${depth}
  }
  var sums = array<vec4f, 8>(cx, cy, cz, cw, cx2, cy2, cz2, cw2);
  ${definition.storeTile ?? ''}
  for (var i = 0u; i < 2u * phase.w; i++) {
    for (var j = 0u; j < phase.w; j++) {
      if (m + i < ${rows} && n + j < ${columns}) {
        sums[i][j] = ${name}_store(a, m + i, n + j, sums[i][j], part);
      }
    }
  }
  ${definition.finish ?? ''}`,
  });
}

/** Rows of a tile of a result that has so many columns. */
export const rowsOf = (columns: number): number => (columns <= 4 ? 512 : columns <= 8 ? 256 : 128);

/** Workgroups that a result of so many rows and columns takes. */
export const tilesOf = (rows: number, columns: number): number =>
  Math.ceil(rows / rowsOf(columns)) * Math.ceil(columns / 16);
