import { kernel } from '../kernel.js';
import type { Kernel, Signature } from '../kernel.js';

/** Numbers that a workgroup works on. */
export const ELEMENTS = 256;

/** Workgroups that so many numbers take. */
export const groupsOf = (count: number): number => Math.ceil(count / ELEMENTS);

/** A kernel that does the same for each of `count` numbers; `each` is WGSL for number `i`, by what it uses. */
export function elementwise<const S extends Signature>(
  name: string,
  signature: S,
  each: string,
  uses: readonly string[] = [],
): Kernel<S & { readonly count: 'u32' }> {
  return kernel({
    name,
    signature: { ...signature, count: 'u32' as const },
    uses,
    body: `
  let end = min(a.count, (group + 1u) * ${ELEMENTS}u);
  for (var i = group * ${ELEMENTS}u + lane; i < end; i += 64u) {
    ${each}
  }`,
  });
}

/** y = x, plus `addend` if it is there, then perhaps ReLU, masked. */
export const add = elementwise(
  'add',
  { x: 'read', addend: 'read', mask: 'read', y: 'write', relu: 'u32' },
  `var z = A[a.x + i];
    if (a.addend != NONE) { z += A[a.addend + i]; }
    A[a.y + i] = masked(select(z, rectified(z), a.relu != 0u), a.mask, i);`,
);
