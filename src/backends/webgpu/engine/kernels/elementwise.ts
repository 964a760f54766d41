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
    source: `
fn ${name}(a: ${name}_call, group: u32, lane: u32) {
  let end = min(a.count, (group + 1u) * ${ELEMENTS}u);
  for (var i = group * ${ELEMENTS}u + lane; i < end; i += 64u) {
    ${each}
  }
}`,
  });
}

/** y = x + addend, then perhaps ReLU. */
export const add = elementwise(
  'add',
  { x: 'read', addend: 'read', y: 'write', relu: 'u32' },
  `let z = A[a.x + i] + A[a.addend + i];
    A[a.y + i] = select(z, rectified(z), a.relu != 0u);`,
);

/** y = dy where `by` is above 0, else 0. */
export const mask = elementwise(
  'mask',
  { dy: 'read', by: 'read', y: 'write' },
  'A[a.y + i] = masked(A[a.dy + i], a.by, i);',
);

/** c = a + b, masked. */
export const sum = elementwise(
  'sum',
  { a: 'read', b: 'read', mask: 'read', c: 'write' },
  'A[a.c + i] = masked(A[a.a + i] + A[a.b + i], a.mask, i);',
);
