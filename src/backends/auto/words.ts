// Why a network runs on what it runs on, in words for people.

import type { BackendUse } from '../../types.js';
import { isWorth } from './trial.js';
import type { Timing } from './trial.js';

/** What a kind of call does with so many examples. */
const DOES: Record<BackendUse, (examples: number) => string> = {
  predict: () => 'answers one input',
  predictBatch: (examples) => `answers ${examples} at once`,
  fineTune: (examples) => `learns from ${examples} samples`,
};

/** @param isRemembered Whether that was timed at an earlier visit. */
export function verdict(found: Partial<Record<BackendUse, Timing>>, isRemembered: boolean): string {
  const parts = Object.entries(found).map(([use, timing]) =>
    sentence(DOES[use as BackendUse](timing.examples), timing),
  );
  return `${parts.join('; ')}. Timed on this device ${isRemembered ? 'at an earlier visit' : 'just now'}.`;
}

function sentence(does: string, timing: Timing): string {
  const [wasm, webgpu] = [milliseconds(timing.wasm), milliseconds(timing.webgpu)];
  if (isWorth(timing)) return `WebGPU ${does} in ${webgpu}, WASM in ${wasm}`;
  return timing.webgpu < timing.wasm
    ? `WASM ${does} in ${wasm}, WebGPU in ${webgpu}, which is too little to change over`
    : `WASM ${does} in ${wasm}, WebGPU in ${webgpu}`;
}

const milliseconds = (time: number): string => `${Number(time.toPrecision(2))} ms`;

export const AT_ONCE = 'WASM: it answers at once. Whether the GPU is faster at this network is tried meanwhile.';
export const NO_ADAPTER = 'WASM: no WebGPU adapter is offered here.';
export const inSoftware = (adapter: string): string => `WASM: the only WebGPU adapter (${adapter}) runs in software.`;
export const failed = (why: string): string => `WASM: WebGPU was tried without success (${why}).`;
export const goneAway = (why: string): string => `WASM: the GPU went away (${why}).`;
