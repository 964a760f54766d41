import type { Lifetime } from '../../schedule/lifetimes.js';

/** Something that needs so many numbers from one phase to another. */
export interface Tenant extends Lifetime {
  readonly size: number;
}

/**
 * Places for buffers in one arena: those whose lifetimes do not overlap may share numbers. Each gets the lowest gap that it
 * fits into.
 * @returns Where each begins, and how many numbers they take together.
 */
export function placeAll<T>(tenants: ReadonlyMap<T, Tenant>): { places: Map<T, number>; size: number } {
  const placed: (Tenant & { at: number })[] = [];
  const places = new Map<T, number>();
  let size = 0;
  for (const [key, tenant] of [...tenants].sort(([, a], [, b]) => a.first - b.first || b.size - a.size)) {
    let at = 0;
    for (const other of placed.filter(({ first, last }) => first <= tenant.last && last >= tenant.first)) {
      if (at + tenant.size <= other.at) break;
      at = Math.max(at, other.at + other.size);
    }
    placed.push({ ...tenant, at });
    placed.sort((a, b) => a.at - b.at);
    places.set(key, at);
    size = Math.max(size, at + tenant.size);
  }
  return { places, size };
}
