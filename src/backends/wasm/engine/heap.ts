import { HandfulError } from '../../../errors.js';

/** An allocator over a WebAssembly memory. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Whether threads can see it too. */
  readonly isShared: boolean;
  /**
   * `count` floats on a cache line of their own, zero.
   * @throws {HandfulError} `out-of-memory`
   */
  allocate(count: number): number;
  free(address: number): void;
  /** Does work; if it throws, what it allocated is freed. */
  attempt<T>(work: () => T): T;
  /** A view, good until the next allocation. */
  floats(address: number, count: number): Float32Array;
  doubles(address: number, count: number): Float64Array;
  words(address: number, count: number): Uint32Array;
  /** Bytes that are allocated now. */
  readonly used: number;
}

type Gap = [start: number, size: number];

const PAGE = 65536;
const LINE = 64;

/** Bytes of a number. */
export const FLOAT_BYTES = 4;

/**
 * A heap of its own, growing as needed; on shared memory if `shared`, where the device lets it.
 * @throws {HandfulError} `out-of-memory`
 */
export function createHeap(shared: boolean): Heap {
  const sharable = shared ? sharedMemory() : undefined;
  const memory = sharable ?? ownMemory();
  const used = new Map<number, number>();
  // Free gaps by address, none touching another. The first line stays unused: address 0 means "none" to kernels.
  let gaps: Gap[] = [[LINE, PAGE - LINE]];
  let total = 0;
  let journal: number[] | undefined; // of the attempt under way

  /** Puts a gap among the others, joined with its neighbours. */
  const release = (start: number, size: number): void => {
    gaps.push([start, size]);
    gaps.sort(([a], [b]) => a - b);
    gaps = gaps.reduce<Gap[]>((all, gap) => {
      const before = all.at(-1);
      if (before && before[0] + before[1] === gap[0]) before[1] += gap[1];
      else all.push(gap);
      return all;
    }, []);
  };
  /** The gap at the memory's new end. */
  const grow = (bytes: number): Gap => {
    const pages = Math.ceil(bytes / PAGE);
    try {
      release(memory.grow(pages) * PAGE, pages * PAGE);
    } catch (cause) {
      const megabytes = Math.round(((total + bytes) / 2 ** 20) * 10) / 10;
      const message = `There is no room for ${megabytes} MB on this device; try a smaller batch.`;
      throw new HandfulError('out-of-memory', message, { cause });
    }
    return gaps.at(-1) as Gap;
  };
  const heap: Heap = {
    memory,
    isShared: sharable !== undefined,
    get used() {
      return total;
    },
    allocate(count) {
      const bytes = Math.max(LINE, Math.ceil((count * FLOAT_BYTES) / LINE) * LINE);
      const gap = gaps.find(([, size]) => size >= bytes) ?? grow(bytes);
      const [address] = gap;
      gap[0] += bytes;
      gap[1] -= bytes;
      if (gap[1] === 0) gaps.splice(gaps.indexOf(gap), 1);
      used.set(address, bytes);
      journal?.push(address);
      total += bytes;
      new Uint8Array(memory.buffer, address, bytes).fill(0);
      return address;
    },
    free(address) {
      const bytes = used.get(address);
      if (bytes === undefined) return;
      used.delete(address);
      total -= bytes;
      release(address, bytes);
    },
    attempt(work) {
      const outer = journal;
      const own: number[] = (journal = []);
      try {
        const result = work();
        outer?.push(...own);
        return result;
      } catch (error) {
        own.forEach(heap.free);
        throw error;
      } finally {
        journal = outer;
      }
    },
    floats: (address, count) => new Float32Array(memory.buffer, address, count),
    doubles: (address, count) => new Float64Array(memory.buffer, address, count),
    words: (address, count) => new Uint32Array(memory.buffer, address, count),
  };
  return heap;
}

/** Shared memory has to name its greatest size, which some browsers reserve at once. */
function sharedMemory(): WebAssembly.Memory | undefined {
  for (const maximum of [32768, 8192, 2048])
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch {
      // too much for this device
    }
  return undefined;
}

function ownMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1 });
  } catch (cause) {
    throw new HandfulError('out-of-memory', 'There is no room for a WebAssembly memory on this device.', { cause });
  }
}
