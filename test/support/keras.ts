// Keras's files and answers (test/fixtures/make_keras.py).

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readModelFile } from '../../src/models/formats/read-model-file.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Model } from '../../src/models/model.js';
import { standardise } from '../../src/preprocess/standardise.js';
import { float64, forward } from './oracle.js';

export interface KerasCase {
  formats: ('h5' | 'keras')[];
  /** Flat, as the Keras model takes them. */
  inputs: number[];
  outputs: number[][];
}

export const kerasCases = JSON.parse(readFileSync('test/fixtures/keras/cases.json', 'utf8')) as Record<
  string,
  KerasCase
>;

export function kerasFile(name: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(`test/fixtures/keras/${name}.gz`)));
}

export const loadKeras = (name: string): Promise<Model> => readModelFile(kerasFile(name), {});

/** A model's logits for inputs as its preprocessing takes them. */
export function logitsOf(model: Model, inputs: readonly number[]): number[][] {
  const architecture = lower(model.spec);
  const x = Float64Array.from(standardise(Float32Array.from(inputs), model.preprocess));
  const logits = forward(architecture, float64(model.weights), x, false);
  const { classes } = architecture;
  return Array.from({ length: logits.length / classes }, (_, i) => [
    ...logits.subarray(i * classes, (i + 1) * classes),
  ]);
}

export function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((each) => each / sum);
}

/** The largest difference of two tables of the same size. */
export function farthest(a: readonly number[][], b: readonly number[][]): number {
  if (a.length !== b.length || a.flat().length !== b.flat().length) return Infinity;
  const other = b.flat();
  return Math.max(...a.flat().map((value, i) => Math.abs(value - (other[i] ?? NaN))));
}
