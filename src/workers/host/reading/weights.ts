import type { Evidence } from './evidence.js';

/** Made by `npm run fit-reading`, of numbers that are put together from digits of the people who choose. */
export const WEIGHTS: Readonly<Evidence> = {
  character: 1.47,
  label: 1.92,
  familiar: 0.33,
  unfamiliar: -0.75,
  tall: 7.81,
  short: -1.53,
  wide: -4.87,
  wideForLabel: -1.14,
  gap: -1.42,
  overlap: -2.3,
  apart: 4.35,
  cuts: -1.84,
  cutInk: -1.42,
};
