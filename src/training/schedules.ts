import type { ScheduleName } from '../types.js';

/** Factor on the learning rate at `fraction` (0 to 1) of the run. */
export function scheduleFactor(schedule: ScheduleName, fraction: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - fraction;
    case 'cosine': // Loshchilov and Hutter 2016, one period
      return (1 + Math.cos(Math.PI * fraction)) / 2;
  }
}
