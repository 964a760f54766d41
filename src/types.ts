// The public shapes, in the order a user meets them. Types only, no code.

export type * from './types/networks.js';
export type * from './types/inputs.js';
export type * from './types/calls.js';
export type * from './types/training.js';
export type * from './types/results.js';
