/** Numbers that a workgroup copies. */
export const GATHERED_AT_ONCE = 1024;

/**
 * Copies the inputs and targets of some steps' examples from the data set into the steps' slots. It has buffers of its own,
 * so it stands apart from the kernels that steps are made of.
 */
export const GATHER = `
struct Sizes { first: u32, count: u32, batch: u32, last_slot: u32, size: u32, width: u32, targets: u32, slot: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
@group(0) @binding(3) var<storage, read> order: array<u32>;
@group(0) @binding(4) var<storage, read_write> A: array<f32>;
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let begin = (id.y * groups.x + id.x) * ${GATHERED_AT_ONCE}u;
  let both = sizes.size + sizes.width;
  let end = min(begin + ${GATHERED_AT_ONCE}u, sizes.count * both);
  for (var i = begin + lane; i < end; i += 64u) {
    let example = i / both;
    let j = i % both;
    let slot = min(example / sizes.batch, sizes.last_slot);
    let n = example - slot * sizes.batch;
    let source = order[sizes.first + example];
    let to = slot * sizes.slot;
    if (j < sizes.size) {
      A[to + n * sizes.size + j] = inputs[source * sizes.size + j];
    } else {
      let k = j - sizes.size;
      A[to + sizes.targets + n * sizes.width + k] = targets[source * sizes.width + k];
    }
  }
}
`;
