import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { create, lenet5, load, mlp } from '../../src/sdk/index.js';
import type { Classifier, Input, Regressor } from '../../src/sdk/index.js';
import { drawings, drawn, symbols } from '../support/sdk-drawings.js';

const spec = mlp([784, 8, symbols.length]);

/** For each option values that it does not take, and what the message has to say of what it takes. */
type Wrong = Record<string, [values: unknown[], expected: RegExp]>;

const notNumbers = ['1', null, NaN, {}, [1], true];
const from = (least: number, most: number) => new RegExp(`number from ${least} to ${most}`);

const call: Wrong = {
  signal: [[null, 'x', true, new AbortController(), {}, { aborted: false }, new EventTarget()], /an AbortSignal/],
};
const longCall: Wrong = { ...call, onProgress: [[null, 'x', {}, true], /a function/] };
const image: Wrong = { ...call, image: [[null, 1, 'true'], /true or false/] };
const creating: Wrong = {
  ...longCall,
  backend: [['cuda', 'WASM', '', null, 1, ['wasm']], /'auto', 'wasm', 'webgpu'/],
  worker: [['x', null, 1, {}], /true or false, or a function/],
  seed: [[-1, 1.5, 2 ** 32, ...notNumbers], from(0, 2 ** 32 - 1)],
  preprocess: [[null, 'ink', []], /an object/],
  'preprocess.kind': [['pencil', null, 1], /'ink', 'photo', 'none'/],
  'preprocess.mean': [[0.1, null, ['0'], [NaN]], /a list of finite numbers/],
  'preprocess.std': [[1, [Infinity]], /a list of finite numbers/],
  loss: [['mse', null, 1], /'crossEntropy', 'squaredError'/],
};
const loading: Wrong = {
  ...creating,
  assetBase: [[1, null, {}], /a URL/],
  spec: [[null, 'mlp', 1, []], /an object/],
};
const labels: Wrong = { labels: [[[], 'abc', null, {}], /a list of names/] };
const tuning: Wrong = {
  ...longCall,
  epochs: [[0, -1, 1.5, Infinity, 100_001, () => 3, ...notNumbers], from(1, 100_000)],
  batchSize: [[0, 2.5, 65_537, ...notNumbers], from(1, 65_536)],
  patience: [[-1, 0.5, ...notNumbers], from(0, 100_000)],
  seed: [[-1, 2 ** 32, 1.5, ...notNumbers], from(0, 2 ** 32 - 1)],
  learningRate: [[-1, 101, Infinity, ...notNumbers], from(0, 100)],
  momentum: [[-0.1, 1.1, ...notNumbers], from(0, 1)],
  weightDecay: [[-0.1, 1.1, ...notNumbers], from(0, 1)],
  centered: [[1, null, 'true'], /true or false/],
  optimizer: [['adamax', 'Adam', '', 1, null], /'sgd', .*'adamw'/],
  schedule: [['step', 0, null], /'constant', 'linear', 'cosine', 'one-cycle'/],
  validation: [[-0.1, 0.95, NaN, 'all', null, {}, []], /a number from 0 to 0.9, or a list of samples/],
  keep: [['never', true, null], /'better', 'always'/],
};
const classes: Wrong = {
  ...tuning,
  ...labels,
  labelSmoothing: [[-0.1, 0.95, ...notNumbers], from(0, 0.9)],
  layers: [[0, -1, 1.5, 1001, 'last', null, NaN], /'all', 'head', or a whole number from 1 to 1000/],
  augment: [['ink', 1, null, [1]], /true or false, or an object/],
  'augment.strength': [[-1, 2.1, 'all', null, NaN], from(0, 2)],
};
const ink: Wrong = {
  ...classes,
  'augment.rotation': [[-1, 181, null], from(0, 180)],
  'augment.shift': [[14.1], from(0, 14)],
  'augment.elastic': [['4', 5], from(0, 4)],
  ...Object.fromEntries(
    ['scale', 'aspect', 'shear', 'thickness'].map((name) => [`augment.${name}`, [[1.1], from(0, 1)]]),
  ),
};
const photo: Wrong = {
  ...classes,
  'augment.crop': [[17], from(0, 16)],
  'augment.cutout': [[33, NaN], from(0, 32)],
  ...Object.fromEntries(
    ['flip', 'brightness', 'contrast', 'saturation'].map((name) => [`augment.${name}`, [[-0.1, 1.1], from(0, 1)]]),
  ),
};

/** An input that tells whether it was looked at. */
function watched(): { input: Input; wasTouched: () => boolean } {
  let touched = false;
  const input = new Proxy({} as { strokes: [] }, {
    get: () => ((touched = true), undefined),
    has: () => (touched = true),
    getPrototypeOf: () => ((touched = true), null),
  });
  return { input, wasTouched: () => touched };
}

/** `augment.rotation` and 5 as `{ augment: { rotation: 5 } }`. */
const nest = (path: string, value: unknown): object =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;

const regression = { loss: 'squaredError' } as const;
const isObject = (value: unknown) => Object(value) === value && !Array.isArray(value);

describe('options', () => {
  let [digits, photos, numbers]: Classifier[] = [];
  let regressor: Regressor;
  before(async () => {
    [digits, photos, numbers, regressor] = await Promise.all([
      create(spec, { labels: symbols }),
      create(lenet5({ input: [32, 32, 3] })),
      create(mlp([4, 2])),
      create(mlp([784, 2]), { loss: 'squaredError' }),
    ]);
  });
  after(() => [digits, photos, numbers, regressor].forEach((each) => each!.dispose()));

  type Call = (options: never, input: Input) => Promise<unknown>;
  const calls: Record<string, [call: Call, wrong: Wrong]> = {
    load: [(options) => load('nothing-of-that-name', options), { ...loading, ...labels }],
    create: [(options) => create(spec, options), { ...creating, ...labels }],
    'create for regression': [
      (options: object) => create(spec, (isObject(options) ? Object.assign(options, regression) : options) as never),
      Object.fromEntries(Object.entries(creating).filter(([name]) => name !== 'loss')),
    ],
    predict: [(options, input) => digits!.predict(input, options), { ...image, reject: image.image! }],
    predictBatch: [(options, input) => digits!.predictBatch([input], options), { ...image, reject: image.image! }],
    evaluate: [(options, input) => digits!.evaluate([{ input, label: 'line' }], options), longCall],
    'fineTune of ink': [(options, input) => digits!.fineTune([{ input, label: 'line' }], options), ink],
    'fineTune of photos': [(options, input) => photos!.fineTune([{ input, label: '1' }], options), photo],
    'predict of a regressor': [(options, input) => regressor.predict(input, options), image],
    'evaluate of a regressor': [(options, input) => regressor.evaluate([{ input, target: [1, 2] }], options), longCall],
    'fineTune of a regressor': [(options, input) => regressor.fineTune([{ input, target: [1, 2] }], options), tuning],
    reset: [(options) => digits!.reset(options), call],
    clone: [(options) => digits!.clone(options), longCall],
    save: [(options) => digits!.save('x', options), call],
    export: [
      (options) => digits!.export(options),
      { ...call, format: [['pt', 'ONNX', '', null, 1], /'safetensors', 'onnx', 'tfjs'/] },
    ],
  };

  for (const [name, [run, wrong]] of Object.entries(calls))
    it(`${name} refuses what makes no sense by its name, at once`, async () => {
      const refused = async (options: unknown, message: RegExp) => {
        const { input, wasTouched } = watched();
        await assert.rejects(run(options as never, input), { name: 'HandfulError', code: 'bad-argument', message });
        assert.equal(wasTouched(), false, 'the options come first');
      };
      for (const [option, [values, expected]] of Object.entries(wrong))
        for (const value of values) {
          await refused(nest(option, value), new RegExp(`^The option ${option} takes .*${expected.source}.*; got `));
        }
      await refused({ learningrate: 0.1 }, /^There is no option learningrate; there are: signal.*\.$/);
      await refused({ toString: 1 }, /no option toString/);
      await refused(Object.create({ inherited: 1 }), /no option inherited/);
      for (const options of [null, 1, 'all', [], true]) await refused(options, /^Options are an object; got /);
    });

  it('tell what came', async () => {
    const got = (seed: unknown, what: string) =>
      assert.rejects(create(spec, { seed } as never), { message: new RegExp(`; got ${what}\\.$`) });
    await got('5', "'5'");
    await got(1.5, 'the number 1.5');
    await got(null, 'null');
    await got([1, 2], 'a list of 2');
    await got({}, 'an Object');
    await got(Symbol('x'), 'the symbol Symbol\\(x\\)');
    await got('x'.repeat(1e6), `'x{80}'`);
  });

  it('that suit other networks are refused by name', async () => {
    const samples = drawings(1);
    const refused = (call: Promise<unknown>, message: RegExp) =>
      assert.rejects(call, { code: 'bad-argument', message });
    await refused(digits!.fineTune(samples, { augment: { crop: 1 } }), /no option augment\.crop; .* augment\.rotation/);
    await refused(photos!.fineTune([], { augment: { shear: 1 } }), /no option augment\.shear; .* augment\.cutout/);
    await refused(numbers!.fineTune([], { augment: true }), /augment takes false for such inputs/);
    for (const option of ['labels', 'labelSmoothing', 'layers', 'augment'])
      await refused(regressor.fineTune([], { [option]: 1 }), new RegExp(`no option ${option};`));
    await refused(regressor.predict([], { reject: true } as never), /no option reject;/);
    await refused(
      create(spec, { loss: 'squaredError', labels: ['a'] } as never),
      /Regression has no labels; got \["a"\]/,
    );
    for (const option of ['spec', 'assetBase'])
      // which say how to load what there is
      await refused(create(spec, { [option]: 'x' } as never), new RegExp(`no option ${option};`));
  });

  it('name labels that are none, or the same', async () => {
    const refused = (labels: unknown, message: RegExp) =>
      Promise.all([
        assert.rejects(create(spec, { labels } as never), { code: 'bad-argument', message }),
        assert.rejects(digits!.fineTune(drawings(1), { labels } as never), { code: 'bad-argument', message }),
      ]);
    await refused(['a', null, 'b'], /labels\[1\] is a string or a finite number; got null/);
    await refused(['a', 2, '2'], /labels are unique; these came twice: "2"/i);
  });

  it('that are undefined are not there', async () => {
    const undefinedOnes = (wrong: Wrong) => {
      const result: Record<string, unknown> = { nothing: undefined };
      for (const option of Object.keys(wrong)) if (!option.includes('.')) result[option] = undefined;
      return result;
    };
    const options = { ...undefinedOnes({ ...creating, ...labels }), preprocess: { mean: undefined } };
    const classifier = await create(spec, options);
    assert.deepEqual(classifier.preprocess, digits!.preprocess);
    assert.deepEqual(
      await classifier.predict(drawn('line'), undefinedOnes(image)),
      await classifier.predict(drawn('line')),
    );
    const once = { epochs: 1, augment: { rotation: undefined } };
    await classifier.fineTune([{ input: drawn('line'), label: 0 }], { ...undefinedOnes(ink), ...once });
    classifier.dispose();
  });

  it('are taken as they are when the call is made', async () => {
    const preprocess = { mean: [0.5] };
    const making = create(spec, { preprocess });
    preprocess.mean = [9];
    const classifier = await making;
    assert.deepEqual(classifier.preprocess.mean, [0.5]);
    classifier.dispose();
  });

  it('take a signal of another realm', async () => {
    const controller = new AbortController();
    const signal = {
      aborted: false,
      addEventListener: controller.signal.addEventListener.bind(controller.signal),
      removeEventListener: controller.signal.removeEventListener.bind(controller.signal),
    } as unknown as AbortSignal;
    assert.equal((await digits!.predictBatch([drawn('line')], { signal })).length, 1);
  });
});
