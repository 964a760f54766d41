import type { Facts } from '../../src/training/plans/facts.js';

/** 160 samples of ten classes that a trained network knows, but for what is said otherwise. */
export function facts(some: Partial<Facts> = {}): Facts {
  return {
    ...{ samples: 160, present: 10, isUneven: false, classes: 10, head: 'kept' },
    ...{ newLabels: [], absentLabels: [], maskedLabels: [] },
    ...{ isFresh: false, replays: false, isHeadNew: false, hasBatchNorm: false, canAugment: true, isAsked: false },
    distinct: some.samples ?? 160,
    ...some,
  };
}
