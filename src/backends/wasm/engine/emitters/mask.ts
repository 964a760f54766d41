import type { Target } from '../../../schedule/steps.js';
import type { KernelCall } from '../../kernel-call.js';
import type { ProgramBuilder, Shard } from '../program-builder.js';

/** Masks a shard of a gradient in place, for kernels that do not. */
export function masked(to: ProgramBuilder, { buffer, mask }: Target, { first, count }: Shard): KernelCall[] {
  if (!mask) return [];
  const dy = to.at(buffer, first);
  return [{ kernel: 'f32_relu_gradient', dy, y: to.at(mask, first), dx: dy, count: count * buffer.size }];
}
