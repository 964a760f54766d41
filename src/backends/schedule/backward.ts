import { isWeighted } from './steps.js';
import type { Forward, Step, Target, VirtualBuffer } from './steps.js';

export interface BackwardOptions {
  /** Whether anybody wants the gradient of a buffer. */
  isWanted: (buffer: VirtualBuffer) => boolean;
  /** A buffer whose gradient is a result: it is there at the end. */
  result?: VirtualBuffer;
}

/**
 * The backward pass of forward steps, from the gradient `dy` of the last result to all that is wanted. Whoever computes a
 * buffer's gradient masks it, if the buffer came out of a ReLU; a buffer that several steps read has a gradient from each,
 * unmasked, and their sum is masked.
 */
export function backward(forward: readonly Forward[], y: VirtualBuffer, dy: VirtualBuffer, options: BackwardOptions) {
  const pass = new BackwardPass(forward, options.isWanted);
  pass.handOn(y, dy);
  for (const step of forward.toReversed()) pass.stepBack(step);
  const dx = options.result && pass.gradientOf(options.result);
  return { steps: pass.steps, dx };
}

class BackwardPass {
  readonly steps: Step[] = [];
  /** For each buffer its gradients that are there, until they are one. */
  private readonly parts = new Map<VirtualBuffer, VirtualBuffer[]>();
  /** How many steps read each buffer. */
  private readonly readers = new Map<VirtualBuffer, number>();

  constructor(
    forward: readonly Forward[],
    private readonly isWanted: (buffer: VirtualBuffer) => boolean,
  ) {
    for (const { x, addend } of forward)
      for (const buffer of addend ? [x, addend] : [x]) this.readers.set(buffer, (this.readers.get(buffer) ?? 0) + 1);
  }

  /** The gradient of a buffer, its parts summed up. */
  gradientOf(buffer: VirtualBuffer): VirtualBuffer {
    const [first, ...others] = this.parts.get(buffer) ?? [];
    if (!first) throw new Error(`Nothing hands a gradient to ${buffer.name}.`);
    const sum = others.reduce((a, b, i) => {
      const mask = i === others.length - 1 && buffer.isRectified ? buffer : undefined;
      const target = { buffer: gradient(buffer), mask };
      this.steps.push({ pass: 'sum', a, b, target });
      return target.buffer;
    }, first);
    this.parts.set(buffer, [sum]);
    return sum;
  }

  /** From the gradient of what a step yields to those of what it reads. */
  stepBack({ operation, x, addend, y, saved }: Forward): void {
    if (!this.isWanted(y)) return;
    const dy = this.gradientOf(y);
    if (operation.kind === 'add') {
      for (const input of [x, ...(addend ? [addend] : [])]) this.handOn(input, dy);
      return;
    }
    const dx = this.isWanted(x) ? this.target(x) : undefined;
    const daddend = addend && this.isWanted(addend) ? gradient(addend) : undefined;
    const steps: Step[] = [];
    if (isWeighted(operation)) steps.push({ pass: 'weightGradient', operation, x, dy, saved });
    if (dx || operation.kind === 'batchNorm') steps.push({ pass: 'gradient', operation, x, y, dy, saved, dx, daddend });
    // A dense layer's gradients share x and dy among threads otherwise than by images. In this order dx cannot take the
    // place of x, which is read after it, and so neither waits for the other.
    this.steps.push(...(operation.kind === 'dense' ? steps.toReversed() : steps));
    if (addend && daddend) this.handOn(addend, daddend);
  }

  /** Where the gradient of what a step reads goes. */
  private target(x: VirtualBuffer): Target {
    const target = { buffer: gradient(x), mask: this.isShared(x) || !x.isRectified ? undefined : x };
    this.add(x, target.buffer);
    return target;
  }

  /** A sum's gradient is that of what was summed, but for the mask. */
  handOn(to: VirtualBuffer, dy: VirtualBuffer): void {
    if (!this.isWanted(to)) return;
    if (this.isShared(to) || !to.isRectified) return this.add(to, dy);
    const masked = gradient(to);
    this.steps.push({ pass: 'mask', dy, by: to, y: masked });
    this.add(to, masked);
  }

  private add(to: VirtualBuffer, part: VirtualBuffer): void {
    this.parts.set(to, [...(this.parts.get(to) ?? []), part]);
  }

  private isShared(buffer: VirtualBuffer): boolean {
    return (this.readers.get(buffer) ?? 0) > 1;
  }
}

const gradient = (of: VirtualBuffer): VirtualBuffer => ({
  name: `d ${of.name}`,
  size: of.size,
  isFixed: false,
  type: 'float32',
  isRectified: false,
});
