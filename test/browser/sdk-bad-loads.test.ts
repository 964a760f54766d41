import { assert } from 'chai';
import { create, load, lenet5, mlp } from 'handful';
import type * as handful from 'handful';
import type { LoadOptions, LoadSource, Progress } from 'handful';
import { disposedAfterEach, places, refused, sleep, tiny, trained, trainedFile } from '../support/sdk-classifiers.js';
import { watchedWorker, workerOf } from '../support/sdk-watched-worker.js';
import { fixtureBytes } from './support/fixtures.js';

const weights = '/test/fixtures/lenet5.safetensors';
const wasm = { backend: 'wasm' } as const;

/** A safetensors file with this header and this much data. */
function safetensors(header: unknown, data = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const f32 = (shape: number[], ...offsets: number[]) => ({ dtype: 'F32', shape, data_offsets: offsets });

for (const { title, options } of places)
  describe(title, () => {
    it('sources that are not there', async () => {
      const missing: [LoadSource, RegExp][] = [
        ['mnist-lenet6', /'mnist-lenet6'; there are: .*mnist-lenet5/],
        ['constructor', /'constructor'/],
        ['indexeddb:nobody', /'nobody'/],
        ['indexeddb:', /''/],
        ['/test-server/404/model.safetensors', /test-server\/404\/model.safetensors answered 404/],
        [new URL('/nowhere', location.href), /nowhere answered 404/],
      ];
      for (const [source, message] of missing) await refused(load(source, options), 'not-found', message);
    });

    it('servers and connections that fail', async () => {
      await refused(load('/test-server/500/x', options), 'network', /500/);
      const cut = await refused(load(`/test-server/cut${weights}`, options), 'network', /cut.*broke off/);
      assert.instanceOf(cut.cause, Error);
      const nobody = await refused(load('http://localhost:1/x', options), 'network', /localhost:1\/x could not be/);
      assert.instanceOf(nobody.cause, Error);
      assert.match(nobody.cause.message, /fetch/i);
    });

    it('a web page where weights should be, and nothing there', async () => {
      await refused(load('/test-server/html/x', options), 'bad-model', /html\/x: .*HTML page/);
      const html = { ...options, assetBase: '/test-server/html' };
      await refused(load('mnist-lenet5', html), 'bad-model', /pretrained\/mnist-lenet5\/model.safetensors: .*HTML/);
      const none = { ...options, assetBase: '/test-server/404' };
      await refused(load('mnist-lenet5', none), 'not-found', /404\/pretrained\/mnist-lenet5/);
      (await trained(options)).dispose();
    });

    it('files that are damaged, hostile or something else', async () => {
      const whole = await fixtureBytes('lenet5.safetensors');
      const flipped = whole.slice();
      new DataView(flipped.buffer).setFloat32(flipped.length - 4, NaN, true);
      const bad: [LoadSource, RegExp][] = [
        [new Uint8Array(0), /./],
        [new ArrayBuffer(7), /./],
        [whole.subarray(0, 100), /./],
        [whole.subarray(0, whole.length - 1), /./],
        [flipped, /NaN/],
        [safetensors('{'), /JSON/],
        [safetensors({ a: f32([2 ** 40], 0, 2 ** 42) }, 16), /./],
        [safetensors({ a: f32([4], 0, 16), b: f32([4], 0, 16) }, 16), /./],
        [safetensors({ a: f32([-4], 16, 0) }, 16), /./],
        [safetensors({ __proto__: 1, ['x'.repeat(5000)]: f32([4], 0, 16) }, 16), /^.{0,500}$/],
        [safetensors({ a: f32([4], 0, 16) }, 16), /"a" \[4\].*spec/],
        [Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127), /./],
        [new Blob(['<!doctype html>']), /HTML/],
        [new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])]), /PNG/],
        ['data:,hello', /./],
      ];
      for (const [source, message] of bad) await refused(load(source, options), 'bad-model', message);
      const other = { ...options, spec: mlp([784, 10]) };
      await refused(load(whole, other), 'bad-model', /network "mlp".*linears.0.weight/);
    });

    it('arguments that make no sense', async () => {
      const spec = (change: object) => ({ ...tiny, ...change });
      const senseless: [() => Promise<unknown>, RegExp][] = [
        [() => load(undefined as never, options), /undefined/],
        [() => load('', options), /''/],
        [() => load({} as never, options), /Object/],
        [() => load('http://[', options), /http:\/\/\[/],
        [() => create(undefined as never, options), /object/],
        [() => create(spec({ layers: [] }), options), /spec.layers/],
        [() => create(spec({ input: [-1] }), options), /spec.input/],
        [() => create(spec({ input: () => 1 }), options), /./],
        [() => create(tiny, { ...options, labels: ['a', 'b'] }), /2 labels.*3 classes/],
        [() => create(tiny, { ...options, labels: ['a', 'b', 'a'] }), /came twice: "a"/],
        [() => create(tiny, { ...options, labels: 'abc' as never }), /'abc'/],
        [() => create(tiny, { ...options, labels: [1, 2, undefined] as never }), /undefined/],
        [() => create(tiny, { ...options, preprocess: { kind: 'photo' } }), /square/],
        [() => create(tiny, { ...options, preprocess: { std: [0] } }), /std/],
        [() => create(tiny, { ...options, backend: 'cuda' as never }), /'auto', 'wasm', 'webgpu'; got 'cuda'/],
        [() => create(tiny, { ...options, seed: 1.5 }), /seed.*1.5/],
        [() => create(tiny, { ...options, seed: -1 }), /seed.*-1/],
        [() => create(tiny, { ...options, sed: 1 } as LoadOptions), /no option sed; .*seed/],
        [() => load(weights, null as never), /Options are an object; got null/],
        [() => load('mnist-lenet5', { ...options, assetBase: 'http://[' }), /assetBase/],
      ];
      for (const [call, message] of senseless) await refused(call, 'bad-argument', message);
    });

    it('a callback that throws ends the load with what it threw', async () => {
      const mine = new Error('mine');
      const onProgress = () => {
        throw mine;
      };
      for (const call of [load(weights, { ...options, onProgress }), create(lenet5(), { ...options, onProgress })]) {
        const error = await call.catch((thrown: unknown) => thrown);
        assert.strictEqual(error, mine);
      }
    });

    it('an abort ends the load at once, whenever it comes', async () => {
      const reason = new Error('enough');
      const early = await refused(load(weights, { ...options, signal: AbortSignal.abort(reason) }), 'aborted');
      assert.strictEqual(early.cause, reason);
      await refused(create(tiny, { ...options, signal: AbortSignal.abort() }), 'aborted');
      for (const wait of [0, 20, 300]) {
        const controller = new AbortController();
        const call = load(`/test-server/slow${weights}`, { ...options, signal: controller.signal });
        void sleep(wait).then(() => controller.abort(reason));
        const start = performance.now();
        const error = await refused(call, 'aborted', /aborted/);
        assert.strictEqual(error.cause, reason);
        assert.isBelow(performance.now() - start, wait + 500);
      }
    });
  });

describe('after a redeploy that took chunks away', () => {
  const index = '/test-server/gone/dist/index.js';

  it('the host’s is missed with the advice to reload', async () => {
    const { create, HandfulError } = (await import(index)) as typeof handful;
    const error: unknown = await create(tiny, { ...wasm, worker: false }).catch((thrown: unknown) => thrown);
    if (!(error instanceof HandfulError)) throw error;
    assert.equal(error.code, 'network');
    assert.match(error.message, /reload the page/);
    assert.instanceOf(error.cause, TypeError);
  });
});

describe('workers', () => {
  const disposed = disposedAfterEach();

  it('one whose script is missing, broken, throws or is of the wrong type', async () => {
    const broken: [() => Worker, RegExp][] = [
      [() => new Worker('/test-server/404/worker.js', { type: 'module' }), /could not be loaded/],
      [() => new Worker('/test-server/html/worker.js', { type: 'module' }), /could not be loaded/],
      [() => new Worker('/dist/index.js'), /export|import/], // not a worker's, and a classic worker takes no modules
      [() => new Worker('/test-server/gone/dist/handful.worker.js'), /serve-host/], // its chunk is missing
      [() => workerOf("throw new Error('no luck')"), /no luck/],
      [() => workerOf('let let = 1'), /./],
      [() => new Worker('http://localhost:1/worker.js'), /./],
    ];
    for (const [worker, message] of broken) await refused(create(tiny, { ...wasm, worker }), 'worker', message);
  });

  it('a function that throws, or makes none', async () => {
    const mine = new Error('mine');
    const worker = () => {
      throw mine;
    };
    const error = await refused(create(tiny, { ...wasm, worker }), 'worker', /mine/);
    assert.strictEqual(error.cause, mine);
    await refused(create(tiny, { ...wasm, worker: (() => {}) as never }), 'bad-argument', /undefined/);
  });

  it('one that dies later fails the call under way and those after it', async () => {
    const dying = '({ data }) => { if (data === "die") throw Error("dead") }';
    const { start } = watchedWorker(`addEventListener("message", ${dying})`);
    let worker!: Worker;
    const classifier = await disposed(trained({ ...wasm, recover: false, worker: () => (worker = start()) }));
    const tuning = classifier.fineTune([{ input: new Float32Array(784).fill(0.5), label: 'line' }], {
      epochs: 100_000,
    });
    worker.postMessage('die');
    await refused(tuning, 'worker', /dead/);
    await refused(classifier.predict(new Float32Array(784)), 'worker', /dead/);
  });

  /** Aborted loads, and those that fail, must leave no worker behind. */
  const ends: Record<string, (options: LoadOptions) => Promise<void>> = {
    'the load is aborted while the worker starts': async (options) => {
      const controller = new AbortController();
      const call = create(tiny, { ...options, signal: controller.signal });
      controller.abort();
      await refused(call, 'aborted');
      await sleep(500); // had it been left alone, it would be there by now
    },
    'the load is aborted amid the download': async (options) => {
      const controller = new AbortController();
      const onProgress = ({ fraction }: Progress) => fraction > 0 && controller.abort();
      const call = load(`/test-server/slow${weights}`, { ...options, onProgress, signal: controller.signal });
      await refused(call, 'aborted');
    },
    'the load fails': async (options) => void (await refused(load('/test-server/404/x', options), 'not-found')),
    'the file is bad': async (options) => void (await refused(load(new Uint8Array(9), options), 'bad-model')),
    'the classifier is disposed of': async (options) => (await trained(options)).dispose(),
  };
  for (const [when, end] of Object.entries(ends))
    it(`ends when ${when}`, async () => {
      await trainedFile();
      const { start, lives } = watchedWorker();
      await end({ ...wasm, worker: start });
      assert.isFalse(await lives());
    });

  it('lives as long as its classifier', async () => {
    const { start, lives } = watchedWorker();
    const classifier = await trained({ ...wasm, worker: start });
    assert.isTrue(await lives());
    classifier.dispose();
    assert.isFalse(await lives());
  });
});
