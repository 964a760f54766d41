import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { tfjsKernelBinary } from '../backends/wasm/variants.js';

/** The assembly's exports: numbers are byte addresses on the heap, sizes and flags (see assembly/README.md). */
export type Exports = Record<`f32_${string}`, (...args: number[]) => number>;

/** Our kernels on the heap of a started tfjs backend. */
export interface Heap {
  readonly exports: Exports;
  /** A tensor's address. */
  at(tensor: TensorInfo): number;
  /** A new tensor, not initialised. */
  make(shape: number[]): TensorInfo;
  /** A tensor of the same values in the same place, which is freed with the last of them. */
  share(tensor: TensorInfo): TensorInfo;
  /** Memory between two addresses, at least `bytes`, that holds until the next call. It goes with the backend. */
  scratch(bytes: number): [start: number, end: number];
}

interface EmscriptenHeap {
  wasmMemory?: WebAssembly.Memory;
  asm?: { memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

const ALIGNMENT = 64; // a cache line; tfjs's own allocations are multiples of 8

const heaps = new WeakMap<BackendWasm, Heap>();

/** The kernels on a backend's heap; instantiated at the first call. */
export function heapOf(backend: unknown): Heap {
  const wasm = backend as BackendWasm;
  let heap = heaps.get(wasm);
  if (!heap) {
    heap = open(wasm);
    heaps.set(wasm, heap);
  }
  return heap;
}

function open(backend: BackendWasm): Heap {
  // tfjs's threaded build has its memory from JavaScript, the others export theirs.
  const { wasm } = backend as unknown as { wasm: EmscriptenHeap };
  const memory = (wasm.wasmMemory ?? wasm.asm?.memory)!;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(tfjsKernelBinary(isShared) as BufferSource), {
    env: { memory },
  });
  let block = 0;
  let start = 0;
  let size = 0;
  return {
    exports: exports as Exports,
    at: ({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset,
    make: (shape) => backend.makeOutput(shape, 'float32'),
    share({ dataId, shape, dtype }) {
      backend.incRef(dataId);
      return { dataId, shape, dtype };
    },
    scratch(bytes) {
      if (bytes > size) {
        if (block) wasm._free(block);
        size = Math.ceil((bytes * 1.25) / 65536) * 65536;
        block = wasm._malloc(size + ALIGNMENT) >>> 0;
        start = Math.ceil(block / ALIGNMENT) * ALIGNMENT;
      }
      return [start, start + size];
    },
  };
}
