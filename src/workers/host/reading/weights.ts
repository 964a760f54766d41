import type { Evidence } from './evidence.js';

/** Made by `npm run fit-reading`, of numbers that are put together from digits of the people who choose. */
export const WEIGHTS: Readonly<Evidence> = {
  character: 2.22,
  label: 2.12,
  familiar: 0.32,
  unfamiliar: -0.48,
  tall: 9.17,
  short: -0.94,
  wide: -4.18,
  wideForLabel: -1.08,
  gap: -2.48,
  overlap: -4.64,
  apart: 5.27,
  cuts: -1.51,
  cutInk: -1.15,
};
