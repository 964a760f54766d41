// What a schedule consists of: steps on virtual buffers, neither of which know where memory is or how work is split.

import type { Fused, FusedKind, FusedLoss, FusedOperation } from '../fusion.js';
import type { Activate } from '../operations.js';

/** Numbers that steps hand on; a backend decides where they lie. */
export interface VirtualBuffer {
  /** For messages and `npm run explain`. */
  readonly name: string;
  /** How many numbers: of one example, or in all if `isFixed`. */
  readonly size: number;
  /** The same for every batch size. */
  readonly isFixed: boolean;
  readonly type: 'float32' | 'int32';
  /**
   * Output of a fused ReLU. ReLU has no backward step: whoever computes this buffer's gradient zeroes it where the buffer
   * is not above 0.
   */
  readonly isRectified: boolean;
}

/** Kinds of operations that do something: a flatten is another name for the same buffer. */
export type StepKind = Exclude<FusedKind, 'flatten'>;

/** Whether an operation is of a {@link WeightedKind}. */
export function isWeighted(operation: FusedOperation): operation is Fused<WeightedKind> {
  return 'weight' in operation;
}

/** Those whose weights have gradients of their own, apart from the input's. */
export type WeightedKind = 'conv2d' | 'conv2dMaxPool' | 'depthwiseConv2d' | 'dense';

/** Those that compute a gradient by their input; a sum hands on what it gets. */
export type DifferentiableKind = Exclude<StepKind, 'add'>;

export interface Forward<K extends StepKind = StepKind> {
  readonly pass: 'forward';
  readonly operation: Fused<K>;
  readonly x: VirtualBuffer;
  /** What is added, by a sum or on the way of batch norm. */
  readonly addend: VirtualBuffer | undefined;
  readonly y: VirtualBuffer;
  /** In training, what the backward pass needs besides: see `savedOf`. */
  readonly saved: readonly VirtualBuffer[];
}

export interface WeightGradient<K extends WeightedKind = WeightedKind> {
  readonly pass: 'weightGradient';
  readonly operation: Fused<K>;
  readonly x: VirtualBuffer;
  readonly dy: VirtualBuffer;
  readonly saved: readonly VirtualBuffer[];
}

/** Where a gradient goes, and the buffer by which it is masked, if that came out of a ReLU. */
export interface Target {
  readonly buffer: VirtualBuffer;
  readonly mask: VirtualBuffer | undefined;
}

/** By the input; batch norm's also by its parameters. */
export interface Gradient<K extends DifferentiableKind = DifferentiableKind> {
  readonly pass: 'gradient';
  readonly operation: Fused<K>;
  readonly x: VirtualBuffer;
  readonly y: VirtualBuffer;
  readonly dy: VirtualBuffer;
  readonly saved: readonly VirtualBuffer[];
  /** Undefined if nobody wants it: batch norm's step is there for its parameters too. */
  readonly dx: K extends 'batchNorm' ? Target | undefined : Target;
  /** Gradient of what was added, unmasked. */
  readonly daddend: VirtualBuffer | undefined;
}

/** A loss and its gradient. */
export interface LossStep {
  readonly pass: 'loss';
  readonly operation: FusedLoss;
  readonly output: VirtualBuffer;
  /** As large as `output`. */
  readonly targets: VirtualBuffer;
  readonly loss: VirtualBuffer;
  readonly dy: VirtualBuffer;
}

/** y = dy where `by` is above zero, else 0. */
export interface MaskStep {
  readonly pass: 'mask';
  readonly dy: VirtualBuffer;
  readonly by: VirtualBuffer;
  readonly y: VirtualBuffer;
}

/** Gradients of one buffer that come from two places: target = a + b. */
export interface SumStep {
  readonly pass: 'sum';
  readonly a: VirtualBuffer;
  readonly b: VirtualBuffer;
  readonly target: Target;
}

/** All parameters along their gradients. */
export interface UpdateStep {
  readonly pass: 'update';
}

export type Step = Forward | WeightGradient | Gradient | LossStep | MaskStep | SumStep | UpdateStep;

type Named<K extends string> = Readonly<Record<K, VirtualBuffer>>;

/** Steps in the order in which they run. */
export interface Schedule<I extends string = 'x', O extends string = 'y'> {
  readonly steps: readonly Step[];
  /** Written before a run. */
  readonly inputs: Named<I>;
  /** Read after it. */
  readonly outputs: Named<O>;
}

/** Which of an operation's input and output its gradient reads, masks apart. */
const READ_BY_GRADIENT: { readonly [K in Exclude<DifferentiableKind, 'activation'>]: readonly ('x' | 'y')[] } = {
  avgPool: [],
  batchNorm: ['x', 'y'],
  conv2d: [],
  conv2dMaxPool: [],
  dense: [],
  depthwiseConv2d: [],
  dropout: [],
  maxPool: ['x', 'y'],
};

/** Whether the slope of an activation follows from what it yields; else it is that at its input. */
export function hasSlopeOfOutput({ activation }: Pick<Activate, 'activation'>): boolean {
  return activation === 'relu' || activation === 'sigmoid' || activation === 'tanh';
}

function readByGradient(operation: Fused<DifferentiableKind>): readonly ('x' | 'y')[] {
  if (operation.kind !== 'activation') return READ_BY_GRADIENT[operation.kind];
  return hasSlopeOfOutput(operation) ? ['y'] : ['x'];
}

const present = (...buffers: (VirtualBuffer | undefined)[]): VirtualBuffer[] =>
  buffers.filter((buffer) => buffer !== undefined);

/** Buffers that a step reads, and those that it writes. */
export function accesses(step: Step): { reads: VirtualBuffer[]; writes: VirtualBuffer[] } {
  switch (step.pass) {
    case 'forward':
      return { reads: present(step.x, step.addend), writes: [step.y, ...step.saved] };
    case 'weightGradient':
      return { reads: [step.x, step.dy, ...step.saved], writes: [] };
    case 'gradient': {
      const values = readByGradient(step.operation).map((name) => step[name]);
      const reads = new Set([step.dy, ...values, ...step.saved, ...present(step.dx?.mask)]);
      return { reads: [...reads], writes: present(step.dx?.buffer, step.daddend) };
    }
    case 'loss':
      return { reads: [step.output, step.targets], writes: [step.loss, step.dy] };
    case 'mask':
      return { reads: [step.dy, step.by], writes: [step.y] };
    case 'sum':
      return { reads: present(step.a, step.b, step.target.mask), writes: [step.target.buffer] };
    case 'update':
      return { reads: [], writes: [] };
  }
}
