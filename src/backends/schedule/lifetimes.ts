import { accesses } from './steps.js';
import type { Schedule, VirtualBuffer } from './steps.js';

/** The steps, by number, between which a buffer's contents matter. */
export interface Lifetime {
  /** The step that writes it first; -1 for what is written before a run. */
  first: number;
  /** The step that accesses it last; one past the last for what is read after a run. */
  last: number;
}

/** When each buffer of a schedule is in use, in the order in which they are first used. */
export function lifetimes({ steps, inputs, outputs }: Schedule<string, string>): Map<VirtualBuffer, Lifetime> {
  const found = new Map<VirtualBuffer, Lifetime>();
  const access = (buffer: VirtualBuffer, step: number) => {
    const lifetime = found.get(buffer);
    if (lifetime) lifetime.last = step;
    else found.set(buffer, { first: step, last: step });
  };
  for (const buffer of Object.values(inputs)) access(buffer, -1);
  for (const [step, each] of steps.entries()) {
    const { reads, writes } = accesses(each);
    for (const buffer of [...reads, ...writes]) access(buffer, step);
  }
  for (const buffer of Object.values(outputs)) access(buffer, steps.length);
  return found;
}
