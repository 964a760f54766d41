import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { create, HandfulError, load, mlp } from '../../src/sdk/index.js';
import type { Classifier } from '../../src/sdk/index.js';
import { drawn } from '../support/sdk-drawings.js';

// Whatever a caller passes, a call resolves or rejects with a HandfulError, soon.

const fails = (): never => {
  throw new Error('a getter');
};
const throwing = new Proxy({}, { get: fails, has: fails, ownKeys: fails, getPrototypeOf: fails });
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();
const detached = <T extends ArrayBuffer | Uint8Array | Float32Array>(value: T): T => {
  structuredClone(value, { transfer: [value instanceof ArrayBuffer ? value : (value.buffer as ArrayBuffer)] });
  return value;
};
const cyclic: Record<string, unknown> = {};
cyclic.strokes = [[cyclic]];
cyclic.layers = [cyclic];

/** Makes a value; fast-check itself stumbles over the odder ones. */
type Maker = () => unknown;

const makers: Maker[] = [
  () => throwing,
  () => revoked,
  () => cyclic,
  () => Symbol('s'),
  () => 10n,
  () => () => 5,
  () => new Array(1e8),
  () => new Array(300),
  () => detached(new Float32Array(784)),
  () => detached(new Uint8Array(784)),
  () => detached(new ArrayBuffer(9)),
  () => new DataView(new ArrayBuffer(8)),
  () => ({ length: 1e9 }),
  () => Object.assign([1, 2], { [Symbol.iterator]: fails }),
  () => ({ [Symbol.toStringTag]: 'Float32Array', length: 784 }),
  () => ({ [Symbol.toStringTag]: 'Uint8Array', length: 784 }),
  () => ({ [Symbol.toStringTag]: 'Blob', arrayBuffer: fails }),
  () => Object.defineProperty({}, Symbol.toStringTag, { get: fails }),
  () => new Proxy([[1, 2]], { get: fails }),
];
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
});
const odd: fc.Arbitrary<Maker> = fc.oneof(
  anything.map((value) => () => value),
  fc.constantFrom(...makers),
);
const holding = (...keys: string[]): fc.Arbitrary<Maker> =>
  fc
    .dictionary(fc.constantFrom(...keys), odd)
    .map((held) => () => Object.fromEntries(Object.entries(held).map(([key, make]) => [key, make()])));

/** Odd values where a caller's own may be: alone, in a list, and as what an input, a sample or a spec holds. */
const nested: fc.Arbitrary<Maker> = fc.oneof(
  odd,
  fc.array(odd, { maxLength: 3 }).map((list) => () => list.map((make) => make())),
  holding('strokes', 'data', 'width', 'height', 'input', 'label', 'layers', 'name', 'points', 'x', 'y'),
  odd.map((make) => () => [{ input: make(), label: 0 }]),
  odd.map((make) => () => [{ input: drawn('cross'), label: make() }]),
  odd.map((make) => () => ({ strokes: [make()] })),
  odd.map((make) => () => ({ strokes: [[make()]] })),
  odd.map((make) => () => ({ name: 'x', input: [4], layers: [make()] })),
);
const options = fc.oneof(
  odd,
  holding('signal', 'onProgress', 'epochs', 'labels', 'augment', 'validation', 'image'),
  holding('spec', 'preprocess', 'loss', 'seed', 'assetBase', 'worker', 'labels'),
);

let classifier: Classifier;
const unhandled: unknown[] = [];
const hear = (error: unknown) => void unhandled.push(error);
before(async () => {
  process.on('unhandledRejection', hear);
  classifier = await create(mlp([784, 3]));
});
after(() => {
  process.off('unhandledRejection', hear);
  classifier.dispose();
});

const calls: Record<string, (value: never, options: never) => Promise<unknown>> = {
  predict: (value, options) => classifier.predict(value, options),
  predictBatch: (value, options) => classifier.predictBatch(value, options),
  evaluate: (value, options) => classifier.evaluate(value, options),
  fineTune: (value, options) => classifier.fineTune(value, options),
  load: async (value, options) => (await load(value, options)).dispose(),
  create: async (value, options) => (await create(value, options)).dispose(),
};

for (const [name, call] of Object.entries(calls))
  test(`${name} takes or refuses whatever comes`, async () => {
    const settles = async (value: Maker, options: Maker | undefined) => {
      const start = performance.now();
      try {
        await call(value() as never, options?.() as never);
      } catch (error) {
        assert.ok(error instanceof HandfulError, `${String((error as Error).stack)}`);
        assert.notEqual(error.code, 'internal', error.stack);
      }
      assert.ok(performance.now() - start < 2000, 'it takes long');
    };
    await fc.assert(fc.asyncProperty(nested, fc.option(options, { nil: undefined, freq: 2 }), settles), {
      numRuns: 400,
      seed: 1,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(unhandled, []);
  });

test('mlp refuses whatever is no list of widths', () => {
  for (const widths of [10n, Symbol('s'), null, undefined, throwing, revoked, [784], '784,10', { length: 2 }])
    assert.throws(() => mlp(widths as never), {
      name: 'HandfulError',
      code: 'bad-argument',
      message: /two widths or more/,
    });
});
