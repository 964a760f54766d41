import type { VirtualBuffer } from '../../schedule/steps.js';
import type { Arguments, Kernel, Part, Signature } from './kernel.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A kernel with its arguments, and how many workgroups it takes; a later step may have it do more on its way. */
export interface Call<S extends Signature = Signature> {
  kernel: Kernel<S>;
  readonly args: Mutable<Arguments<S>>;
  groups: number;
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
  /** Of gradients that are nowhere, those of the maxima of windows that they would be spread out from. */
  readonly unpooled = new Map<VirtualBuffer, VirtualBuffer>();

  /**
   * @param batch Examples in the batch.
   * @param readers How many steps take each buffer.
   */
  constructor(
    readonly batch: number,
    private readonly readers: ReadonlyMap<VirtualBuffer, number> = new Map(),
  ) {}

  call<S extends Signature>(kernel: Kernel<S>, args: Arguments<S>, groups: number): void {
    this.calls.push({ kernel, args: { ...args }, groups });
  }

  /** The last call that writes one of some buffers, if it is one of this kernel. */
  writer<S extends Signature>(kernel: Kernel<S>, ...buffers: VirtualBuffer[]): Call<S> | undefined {
    const found = this.calls.findLast(({ kernel: { signature }, args }) =>
      Object.entries(signature).some(([name, kind]) => kind === 'write' && buffers.some((each) => each === args[name])),
    );
    return found && found.kernel.name === kernel.name ? (found as Call<S>) : undefined;
  }

  /** Whether one step alone takes a buffer. */
  isReadOnce(buffer: VirtualBuffer): boolean {
    return this.readers.get(buffer) === 1;
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
