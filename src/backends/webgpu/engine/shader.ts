import { kernelSource, LANES, NONE } from './kernel.js';
import type { Kernel } from './kernel.js';

// What all kernels see. `calls` holds a program: for each phase a table of calls, [one past the last group, kernel,
// arguments], and the arguments. `phase` begins with where the table is; then come the bounds of the loops over a tile,
// because compilers for CPUs would unroll nested loops between constants until nothing else happens any more.
export const TILE_BOUNDS = [256, 16, 4] as const;

// `max` need not hand on NaN, by which it is seen that training went astray; `rectified` and `beats` do.
const HEADER = `
struct Now { slot: u32, number: u32, key: u32, hyper: array<vec4f, 4> }
@group(0) @binding(0) var<uniform> now: Now;
@group(0) @binding(1) var<storage, read_write> W: array<f32>;
@group(0) @binding(2) var<storage, read_write> A: array<f32>;
@group(0) @binding(3) var<storage, read_write> S0: array<f32>;
@group(0) @binding(4) var<storage, read_write> S1: array<f32>;
@group(0) @binding(5) var<storage, read_write> S2: array<f32>;
@group(0) @binding(6) var<storage, read_write> R: array<f32>;
@group(1) @binding(0) var<uniform> phase: vec4u;
@group(1) @binding(1) var<storage, read> calls: array<u32>;
const NONE = ${NONE}u;
fn place(at: u32) -> u32 { return calls[at] + now.slot * calls[at + 1u]; }
fn rectified(x: f32) -> f32 { return select(x, 0f, x < 0f); }
fn masked(z: f32, mask: u32, i: u32) -> f32 {
  if (mask == NONE) { return z; }
  return select(z, 0f, A[mask + i] <= 0f);
}
fn beats(x: f32, most: f32) -> bool { return x > most || x != x; }
fn broken(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u; }
`;

/** WGSL of a dispatch that runs some kernels side by side: each workgroup looks up whose it is. */
export function shader(kernels: readonly Kernel[]): string {
  const shared = new Set(kernels.flatMap(({ uses = [] }) => uses));
  const cases = kernels.map(
    ({ name }, i) => `case ${i}u: { ${name}(${name}_at(calls[entry + 2u]), group - first, lane); }`,
  );
  return `${HEADER}
${[...shared].join('\n')}
${kernels.map(kernelSource).join('\n')}
@compute @workgroup_size(${LANES})
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = id.y * groups.x + id.x;
  var entry = phase.x;
  var first = 0u;
  while (group >= calls[entry]) {
    first = calls[entry];
    entry += 3u;
  }
  switch (calls[entry + 1u]) {
    ${cases.join('\n    ')}
    default: {}
  }
}
`;
}
