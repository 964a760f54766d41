/** Of something that is done, what it reads and what it writes, each an object or a name. */
export interface Access {
  readonly reads: readonly unknown[];
  readonly writes: readonly unknown[];
}

/**
 * The earliest phase of each of some pieces of work, of which those of a phase are done side by side: one comes after all
 * whose results it needs, and after those that still need what it overwrites.
 */
export function phasesOf(work: readonly Access[]): number[] {
  const written = new Map<unknown, number>();
  const read = new Map<unknown, number>();
  const after = (phases: Map<unknown, number>, each: unknown) => (phases.get(each) ?? -1) + 1;
  return work.map(({ reads, writes }) => {
    const phase = Math.max(
      0,
      ...reads.map((each) => after(written, each)),
      ...writes.map((each) => Math.max(after(written, each), after(read, each))),
    );
    for (const each of reads) read.set(each, Math.max(phase, read.get(each) ?? -1));
    for (const each of writes) written.set(each, phase);
    return phase;
  });
}
