import type { Evidence } from './evidence.js';

/** Made by `npm run fit-reading`, of numbers that are put together from digits of the people who choose. */
export const WEIGHTS: Readonly<Evidence> = {
  character: 1.34,
  label: 1.66,
  familiar: 0.29,
  unfamiliar: -0.58,
  tall: 1.83,
  short: -1.27,
  wide: -4.74,
  wideForLabel: -1.13,
  gap: -2.46,
  overlap: -2.1,
  apart: 3.48,
  cuts: -1.57,
  cutInk: -1.72,
};
