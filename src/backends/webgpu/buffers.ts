// Inputs that a page has on its GPU already. For a chunk of its own, since few pages have any.

import { inTime } from '../../common/in-time.js';
import { HandfulError } from '../../errors.js';
import { scaling } from '../../preprocess/standardise.js';
import type { Preprocessing } from '../../types.js';

// For what the page has its GPU do first.
const PATIENCE = 30_000; // ms

const FLOAT_BYTES = 4;
const WORKGROUP = 64;
const MOST_WORKGROUPS = 65_535;

// A channel's scale is its mean and deviation; in a pixel of so many channels they change places.
const STANDARDISE = `
override pixel: u32; override low: f32; override high: f32;
@group(0) @binding(0) var<storage> scales: array<vec2f>;
@group(0) @binding(1) var<storage> given: array<f32>;
@group(0) @binding(2) var<storage, read_write> standardised: array<f32>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * ${WORKGROUP} + id.x;
  if (i >= arrayLength(&standardised)) { return; }
  let channel = i % pixel;
  let scale = scales[i % arrayLength(&scales)];
  standardised[i] = (clamp(given[i - channel + (pixel - 1 - channel)], low, high) - scale.x) / scale.y;
}`;

/**
 * What is wrong with a buffer that is to be copied from, if anything is.
 * @param length Numbers that it should have.
 */
export function faultOf({ size, usage }: GPUBuffer, length: number): string | undefined {
  const bytes = FLOAT_BYTES * length;
  if (size < bytes) return `a GPUBuffer of ${size} bytes: expected ${bytes}, ${length} numbers`;
  if (!(usage & GPUBufferUsage.COPY_SRC)) return 'a GPUBuffer that cannot be copied from: expected the usage COPY_SRC';
  return undefined;
}

/**
 * Copies buffers to this side, in one read-back.
 * @param buffers Of one length each; more in them is left alone.
 * @returns [N, length], flat.
 * @throws {HandfulError} `bad-input` for those that are another device's, destroyed or mapped.
 */
export async function readBuffers(
  device: GPUDevice,
  buffers: readonly GPUBuffer[],
  length: number,
): Promise<Float32Array> {
  const { MAP_READ, COPY_DST } = GPUBufferUsage;
  device.pushErrorScope('validation');
  const staging = gather(device, buffers, length, MAP_READ | COPY_DST);
  try {
    const [fault, mapped] = await Promise.allSettled([
      inTime(device.popErrorScope(), PATIENCE),
      inTime(staging.mapAsync(GPUMapMode.READ), PATIENCE),
    ]);
    const cause: unknown = mapped.status === 'rejected' ? mapped.reason : undefined;
    const why = (fault.status === 'fulfilled' && fault.value?.message) || (cause && String(cause));
    if (why) throw new HandfulError('bad-input', `Got a GPUBuffer that cannot be read: ${why}`, { cause });
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}

/**
 * As `standardise`, on the GPU.
 * @param buffers As `readBuffers` takes them, which tells what is wrong with them.
 * @returns [N, length], of the device's, for the caller to destroy.
 */
export function standardiseBuffers(
  device: GPUDevice,
  buffers: readonly GPUBuffer[],
  length: number,
  preprocess: Preprocessing,
): GPUBuffer {
  const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
  device.pushErrorScope('validation');
  const given = gather(device, buffers, length, STORAGE | COPY_DST);
  const standardised = device.createBuffer({ size: given.size, usage: STORAGE | COPY_SRC });
  const { pipeline, scales } = standardiserFor(device, preprocess);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [scales, given, standardised].map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  const groups = Math.ceil((buffers.length * length) / WORKGROUP);
  const across = Math.min(groups, MOST_WORKGROUPS);
  pass.dispatchWorkgroups(across, Math.ceil(groups / across));
  pass.end();
  device.queue.submit([encoder.finish()]);
  device.popErrorScope().catch(() => {}); // reading them finds the same
  given.destroy();
  return standardised;
}

/** Copies of buffers, one behind the other. */
function gather(device: GPUDevice, buffers: readonly GPUBuffer[], length: number, usage: number): GPUBuffer {
  const bytes = FLOAT_BYTES * length;
  const all = device.createBuffer({ size: bytes * buffers.length, usage });
  const encoder = device.createCommandEncoder();
  for (const [i, buffer] of buffers.entries()) encoder.copyBufferToBuffer(buffer, 0, all, i * bytes, bytes);
  device.queue.submit([encoder.finish()]);
  return all;
}

interface Standardiser {
  pipeline: GPUComputePipeline;
  scales: GPUBuffer;
}

const standardisers = new WeakMap<GPUDevice, WeakMap<Preprocessing, Standardiser>>();

function standardiserFor(device: GPUDevice, preprocess: Preprocessing): Standardiser {
  const ofDevice = standardisers.get(device) ?? new WeakMap<Preprocessing, Standardiser>();
  standardisers.set(device, ofDevice);
  const found = ofDevice.get(preprocess);
  if (found) return found;
  const { mean, std } = scaling(preprocess);
  const pairs = Float32Array.from(mean.flatMap((centre, i) => [centre, std[i] ?? 1]));
  const scales = device.createBuffer({
    size: pairs.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(scales, 0, pairs);
  const [low, high] = preprocess.kind === 'none' ? [-3e38, 3e38] : [0, 1];
  const constants = { pixel: preprocess.order === 'bgr' ? 3 : 1, low, high };
  const module = device.createShaderModule({ code: STANDARDISE });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, constants } });
  const made = { pipeline, scales };
  ofDevice.set(preprocess, made);
  return made;
}
