// Classifiers as users make them, for the tests of the public API.

import { assert } from 'chai';
import { create, HandfulError, load, mlp } from 'handful';
import type { BackendName, Classifier, HandfulErrorCode, Input, LoadOptions, Prediction, Spec } from 'handful';
import { drawings, symbols } from './sdk-drawings.js';

export interface Way {
  title: string;
  options: LoadOptions & { backend: BackendName };
}

/** Every way to run a network on WASM, for what does not depend on the backend. */
export const places: Way[] = [
  { title: 'WASM in a worker', options: { backend: 'wasm' } },
  { title: 'WASM in the page', options: { backend: 'wasm', worker: false } },
];

const onGpu: Way[] = [
  { title: 'WebGPU in a worker', options: { backend: 'webgpu' } },
  { title: 'WebGPU in the page', options: { backend: 'webgpu', worker: false } },
];

/** Every way to run a network in a browser; to WebGPU it is all the same whether the page is isolated. */
export const ways: Way[] = crossOriginIsolated ? [...places, ...onGpu] : places;

/** Reads drawings, has three classes and is small enough to learn in no time. */
export const tiny: Spec = mlp([784, 16, symbols.length]);

/** Classifiers that are disposed of after each test of the suite in which this is called. */
export function disposedAfterEach(): <T extends { dispose(): void }>(classifier: Promise<T>) => Promise<T> {
  const open: { dispose(): void }[] = [];
  afterEach(() => open.splice(0).forEach((classifier) => classifier.dispose()));
  return async (classifier) => {
    open.push(await classifier);
    return classifier;
  };
}

let bytes: Promise<Uint8Array> | undefined;

/** The file of a tiny classifier that has learned the symbols; made once a page. */
export function trainedFile(): Promise<Uint8Array> {
  bytes ??= (async () => {
    const classifier = await create(tiny, { backend: 'wasm', labels: symbols });
    const report = await classifier.fineTune(drawings(8), { epochs: 40, validation: 0, keep: 'always' });
    assert.equal(report.after.accuracy, 1, 'the symbols can be learned');
    const file = await (await classifier.export()).arrayBuffer();
    classifier.dispose();
    return new Uint8Array(file);
  })();
  return bytes;
}

export async function trained(options: LoadOptions = { backend: 'wasm' }): Promise<Classifier> {
  return load(await trainedFile(), options);
}

/** Waits for a call to be refused, with an error of the page's own class, this code and this message. */
export async function refused(
  call: Promise<unknown> | (() => Promise<unknown>),
  code: HandfulErrorCode,
  message: RegExp = /./,
): Promise<HandfulError> {
  let error: unknown;
  try {
    const result = await (typeof call === 'function' ? call() : call);
    assert.fail(`expected '${code}', got the result ${JSON.stringify(result)}`);
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof HandfulError)) throw error;
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  assert.equal(error.name, 'HandfulError');
  return error;
}

/** What a classifier answers to a few drawings, to see whether it is still the same. */
export function answers(classifier: Classifier): Promise<Prediction[]> {
  return classifier.predictBatch(probes);
}

const probes: Input[] = drawings(2, 1000).map(({ input }) => input);

export function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number, what = ''): void {
  assert.equal(actual.length, expected.length, what);
  actual.forEach((value, i) => assert.approximately(value, expected[i] ?? NaN, tolerance, `${what} [${i}]`));
}

/** Fractions of progress: never falling, at least one, the last of them 1. */
export function assertRising(fractions: number[]): void {
  let before = 0;
  for (const fraction of fractions) {
    assert.isAtLeast(fraction, before);
    before = fraction;
  }
  assert.equal(fractions.at(-1), 1);
}

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
