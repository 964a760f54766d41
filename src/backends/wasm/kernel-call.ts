import { PARAMETERS } from './kernels.js';
import type { KernelExports, Kernels } from './kernels.js';
import { inOrder, scratchOf } from './named-arguments.js';
import type { CallOf } from './named-arguments.js';

export type KernelName = keyof Kernels;

/** A kernel of the engine's module and its arguments by name. */
export type KernelCall = CallOf<Kernels>;

/** How many bytes of scratch memory a call needs; 0 if its kernel takes none. */
export function scratchBytes(exports: KernelExports, call: KernelCall): number {
  return scratchOf(PARAMETERS, exports, call);
}

/** A call's arguments in order, flags as 0 and 1; `scratch` and `end` are its scratch memory, where it takes any. */
export function positional(call: KernelCall, scratch: number, end: number): number[] {
  return inOrder(PARAMETERS, call, scratch, end);
}
