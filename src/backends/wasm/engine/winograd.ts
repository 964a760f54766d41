import type { LoweredNetwork } from '../../operations.js';
import { GEOMETRY_WORDS, writeGeometry } from '../geometry.js';
import { positional, scratchBytes } from '../kernel-call.js';
import type { KernelCall } from '../kernel-call.js';
import { geometryOf } from './emitters/geometry.js';
import type { Engine } from './engine.js';
import { FLOAT_BYTES } from './heap.js';
import type { Parameters } from './parameters.js';

// Prepared filters take four times the memory of the filters; beyond this, calls prepare them for themselves.
const MOST = 1 << 22; // floats

/** Whether Winograd's kernels take less time than the direct ones. @param geometry Its address. */
export function winogradPays({ exports }: Engine, geometry: number): boolean {
  return Boolean(exports.f32_winograd_pays(geometry));
}

/** What Winograd's kernels make of a network's filters, kept between calls of inference. */
export interface PreparedFilters {
  /** The address of what was made of a filter and its bias; 0 for none. */
  at(weight: string): number;
  /** Makes them again if parameters have changed. */
  refresh(): void;
  dispose(): void;
}

/** @throws {HandfulError} `out-of-memory` */
export function prepareFilters(engine: Engine, network: LoweredNetwork, parameters: Parameters): PreparedFilters {
  const { heap, exports } = engine;
  const places = new Map<string, number>();
  const owned: number[] = [];
  const calls: KernelCall[] = [];
  const own = (count: number) => {
    const address = heap.allocate(count);
    owned.push(address);
    return address;
  };
  let left = MOST;
  for (const operation of network.operations) {
    if (operation.kind !== 'conv2d') continue;
    const { weight, bias } = operation;
    const geometry = own(GEOMETRY_WORDS);
    writeGeometry(
      new Int32Array(heap.memory.buffer, geometry, GEOMETRY_WORDS),
      geometryOf(operation, operation.y.shape),
    );
    const floats = exports.f32_winograd_prepared(geometry) / FLOAT_BYTES;
    if (!winogradPays(engine, geometry) || floats > left) continue;
    left -= floats;
    const prepared = own(floats);
    places.set(weight, prepared);
    const from = { filter: parameters.at(weight), bias: bias === undefined ? 0 : parameters.at(bias) };
    calls.push({ kernel: 'f32_winograd_prepare', ...from, prepared, geometry });
  }
  const most = calls.reduce((bytes, call) => Math.max(bytes, scratchBytes(exports, call)), 0);
  const scratch = calls.length > 0 ? own(most / FLOAT_BYTES) : 0;
  const runs = calls.map((call) => {
    const { run } = engine.kernel(call.kernel);
    const args = positional(call, scratch, scratch + most);
    return () => run(...args);
  });
  let version = -1;
  return {
    at: (weight) => places.get(weight) ?? 0,
    refresh() {
      if (version === parameters.version) return;
      version = parameters.version;
      for (const run of runs) run();
    },
    dispose: () => owned.forEach(heap.free),
  };
}
