import type { ScheduleName } from '../../types.js';

/** The share of a cycle in which the rate rises, and the factor it rises from. */
const [RISE, START] = [0.3, 1 / 25];

/** Factor on the learning rate at `fraction` (0 to 1) of the run. */
export function scheduleFactor(schedule: ScheduleName, fraction: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - fraction;
    case 'cosine': // Loshchilov and Hutter 2016, one period
      return fall(fraction);
    case 'one-cycle': // Smith 2018, with the shares of PyTorch's OneCycleLR
      if (fraction < RISE) return 1 - (1 - START) * fall(fraction / RISE);
      return fall((fraction - RISE) / (1 - RISE));
  }
}

/** From 1 to 0 along half a cosine. */
const fall = (fraction: number): number => (1 + Math.cos(Math.PI * fraction)) / 2;
