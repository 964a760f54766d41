import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { GEOMETRY_WORDS, writeGeometry } from '../backends/wasm/geometry.js';
import type { Geometry } from '../backends/wasm/geometry.js';
import { inOrder, run, scratchOf } from '../backends/wasm/named-arguments.js';
import type { CallOf } from '../backends/wasm/named-arguments.js';
import { tfjsKernelBinary } from '../backends/wasm/variants.js';
import { PARAMETERS } from './kernels.js';
import type { KernelExports, Kernels } from './kernels.js';

/** A started TensorFlow.js backend's memory, where its tensors lie, and our kernels on it. */
export interface TensorMemory {
  /** A tensor's address; 0 for none. */
  at(tensor: TensorInfo | null | undefined): number;
  /** A new tensor, not initialised. */
  make(shape: number[]): TensorInfo;
  /** A tensor of the same values in the same place, which is freed with the last of them. */
  share(tensor: TensorInfo): TensorInfo;
  /** The address of a geometry; good until the next one. */
  geometry(geometry: Geometry): number;
  /** Runs a kernel, with what scratch memory it needs. */
  run(call: CallOf<Kernels>): void;
}

interface EmscriptenModule {
  wasmMemory?: WebAssembly.Memory;
  asm?: { memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

const ALIGNMENT = 64; // a cache line; TensorFlow.js's own allocations are multiples of 8
const PAGE = 65536;

const memories = new WeakMap<BackendWasm, TensorMemory>();

/** A backend's memory; the kernels are instantiated on it at the first call. */
export function tensorMemory(backend: unknown): TensorMemory {
  const wasm = backend as BackendWasm;
  let memory = memories.get(wasm);
  if (!memory) {
    memory = openMemory(wasm);
    memories.set(wasm, memory);
  }
  return memory;
}

function openMemory(backend: BackendWasm): TensorMemory {
  const { wasm } = backend as unknown as { wasm: EmscriptenModule };
  // Its threaded build has its memory from JavaScript, the others export theirs.
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (!memory) throw new Error("This version of TensorFlow.js's WASM backend does not show its memory.");
  const exports = instantiate(memory);
  const scratch = scratchBlock(wasm);
  const record = allocate(wasm, 4 * GEOMETRY_WORDS);
  return {
    at: (tensor) => (tensor ? backend.dataIdMap.get(tensor.dataId).memoryOffset : 0),
    make: (shape) => backend.makeOutput(shape, 'float32'),
    share({ dataId, shape, dtype }) {
      backend.incRef(dataId);
      return { dataId, shape, dtype };
    },
    geometry(geometry) {
      writeGeometry(new Int32Array(memory.buffer, record, GEOMETRY_WORDS), geometry);
      return record;
    },
    run(call) {
      const [start, end] = scratch(scratchOf(PARAMETERS, exports, call));
      run(exports, call.kernel, inOrder(PARAMETERS, call, start, end));
    },
  };
}

function instantiate(memory: WebAssembly.Memory): KernelExports {
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(tfjsKernelBinary(isShared) as BufferSource);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as KernelExports;
}

/** Memory from TensorFlow.js's own allocator. @throws If there is none left. */
function allocate(wasm: EmscriptenModule, bytes: number): number {
  const address = wasm._malloc(bytes) >>> 0;
  if (address === 0) throw new Error(`TensorFlow.js's WASM backend has no room for ${bytes} bytes.`);
  return address;
}

/** A block of memory that grows with what is asked of it, and goes with the backend. */
function scratchBlock(wasm: EmscriptenModule): (bytes: number) => [start: number, end: number] {
  let block = 0;
  let start = 0;
  let size = 0;
  return (bytes) => {
    if (bytes > size) {
      if (block) wasm._free(block);
      [block, size] = [0, 0];
      const wanted = Math.ceil((bytes * 1.25) / PAGE) * PAGE;
      block = allocate(wasm, wanted + ALIGNMENT);
      start = Math.ceil(block / ALIGNMENT) * ALIGNMENT;
      size = wanted;
    }
    return [start, start + size];
  };
}
