import type { VirtualBuffer } from '../../schedule/steps.js';
import type { Arguments, Kernel, Part, Signature } from './kernel.js';

/** A kernel with its arguments, and how many workgroups it takes. */
export interface Call {
  readonly kernel: Kernel;
  readonly args: Arguments<Signature>;
  readonly groups: number;
}

/** Where a parameter's gradient lies: the sum of `parts` arrays, `stride` numbers apart. */
export interface GradientPlace extends Part {
  readonly parts: number;
  readonly stride: number;
}

/** What emitters write a program into: calls in an order in which they could run one after the other. */
export class ProgramBuilder {
  readonly calls: Call[] = [];
  readonly gradients = new Map<string, GradientPlace>();

  /** @param batch Examples in the batch. */
  constructor(readonly batch: number) {}

  call<S extends Signature>(kernel: Kernel<S>, args: Arguments<S>, groups: number): void {
    this.calls.push({ kernel, args, groups });
  }

  /** Numbers that steps hand on besides the schedule's own buffers: `size` of each example, or in all. */
  workspace(name: string, size: number, { isFixed = false } = {}): VirtualBuffer {
    return { name, size, isFixed, type: 'float32', isRectified: false };
  }

  /** Tells where the gradient of a parameter will be, if there is such a one. */
  gradient(name: string | undefined, place: Part & Partial<GradientPlace>): void {
    if (name !== undefined) this.gradients.set(name, { parts: 1, stride: 0, ...place });
  }
}
