import { assert } from 'chai';
import { create, lenet5 } from 'handful';
import type { Classifier, FineTuneOptions, Input, Sample } from 'handful';
import { points } from '../support/points.js';
import { answers, places, refused, trained } from '../support/sdk-classifiers.js';
import { canvasOf, drawings, drawn, offscreenOf } from '../support/sdk-drawings.js';

const cross = drawn('cross');
const values = (...some: number[]) => Object.assign(new Float32Array(784), some);

async function closedBitmap(): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(canvasOf(cross));
  bitmap.close();
  return bitmap;
}

function imageOf(src: string): HTMLImageElement {
  const image = new Image();
  image.src = src;
  return image;
}

/** A canvas with a picture of another origin on it, which scripts may not read. */
async function taintedCanvas(): Promise<HTMLCanvasElement> {
  const canvas = canvasOf(cross);
  const { port } = location;
  const elsewhere = location.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  const image = imageOf(`http://${elsewhere}:${port}/test/browser/support/dot.svg`);
  await image.decode();
  canvas.getContext('2d')!.drawImage(image, 0, 0);
  return canvas;
}

/** What a user may pass by mistake, and what the message has to say. */
const unreadable: [title: string, make: () => unknown, message: RegExp][] = [
  ['undefined', () => undefined, /is undefined; expected a canvas/],
  ['null', () => null, /is null; expected a canvas/],
  ['a string', () => '#pad', /is '#pad'; expected a canvas/],
  ['a number', () => 5, /is the number 5/],
  ['a function', () => () => 5, /is the function/],
  ['a Map', () => new Map(), /is a Map/],
  ['an object without prototype', () => Object.create(null), /is a/],
  ['another element', () => document.createElement('div'), /HTMLDivElement/],
  ['too few values', () => new Float32Array(783), /783 values.*784/],
  ['too many values', () => new Float32Array(785), /785 values.*784/],
  ['no values', () => [], /0 values.*784/],
  ['integers', () => new Int32Array(784), /Int32Array/],
  ['NaN', () => values(0, NaN), /NaN at index 1/],
  ['infinity', () => values(Infinity), /Infinity at index 0.*0 to 1/],
  ['bytes as floats', () => values(0, 0, 255), /255 at index 2.*0 to 1/],
  ['negative values', () => Array.from(values(-0.5)), /-0.5 at index 0/],
  ['nested lists', () => points('0,1 1,0'), /a list of 2/],
  ['strokes of null', () => ({ strokes: null }), /strokes/],
  ['strokes one level too flat', () => ({ strokes: points('0,1 1,0') }), /stroke 0/],
  ['strokes of objects without y', () => ({ strokes: [[{ x: 1 }]] }), /point 0 of stroke 0/],
  ['a stroke that is not in a list', () => ({ strokes: [{ x: 1, y: 2 }] }), /stroke 0 as an object with x, y/],
  ['strokes in a Map', () => ({ strokes: new Map() }), /strokes of type a Map/],
  ['a shape of another app', () => ({ strokes: [{ type: 'draw', props: {} }] }), /an object with type, props/],
  ['columns of two lengths', () => ({ strokes: [{ x: [1, 2], y: [1] }] }), /2 x and 1 y in stroke 0/],
  ['strokes with NaN', () => ({ strokes: [points('0,0 NaN,1')] }), /point 1 of stroke 0/],
  ['strokes with a function', () => ({ strokes: [[[() => 1, 1]]] }), /./],
  ['pixels that are too few', () => ({ data: new Uint8Array(15), width: 2, height: 2 }), /15 bytes.*16/],
  ['pixels of no area', () => ({ data: new Uint8Array(0), width: 0, height: 0 }), /0 x 0/],
  ['pixels with half a width', () => ({ data: new Uint8Array(8), width: 0.5, height: 4 }), /0.5 x 4/],
  ['a canvas of no area', () => canvasOf(cross, 0), /HTMLCanvasElement.*read/],
  ['an OffscreenCanvas of no area', () => offscreenOf(cross, 0), /OffscreenCanvas.*read/],
  ['a tainted canvas', taintedCanvas, /origin/],
  ['an image without source', () => new Image(), /HTMLImageElement.*read/],
  ['an image that is broken', () => imageOf('data:image/png;base64,AAAA'), /HTMLImageElement.*read/],
  ['an image that is missing', () => imageOf('/test-server/404/a.png'), /HTMLImageElement.*read/],
  ['a video without a frame', () => document.createElement('video'), /no frame yet/],
  ['a closed ImageBitmap', closedBitmap, /ImageBitmap.*read/],
  ['a Blob of text', () => new Blob(['no image'], { type: 'text/plain' }), /Blob of 8 bytes and type 'text\/plain'/],
  ['a Blob that only says it is a PNG', () => new Blob([values()], { type: 'image/png' }), /image\/png/],
  ['an empty Blob', () => new Blob([]), /Blob of 0 bytes/],
];

for (const { title, options } of places)
  describe(title, () => {
    let classifier: Classifier;
    before(async () => void (classifier = await trained(options)));
    after(() => classifier.dispose());

    for (const [what, make, message] of unreadable)
      it(`${what} is refused, alone and among others`, async () => {
        const input = (await make()) as Input;
        await refused(classifier.predict(input), 'bad-input', message);
        await refused(classifier.predictBatch([cross, cross, input]), 'bad-input', /Input 2/);
        await refused(classifier.evaluate([...drawings(1), { input, label: 'line' }]), 'bad-input', /Sample 3/);
        assert.equal((await classifier.predict(cross)).label, 'cross');
      });

    it('samples that are none', async () => {
      const none: [unknown, RegExp][] = [
        [[], /a list of 0/],
        [undefined, /undefined/],
        [{ input: cross, label: 'cross' }, /a Object|an object/i],
        [[{ input: cross }], /Sample 0 has a label that is a string or a finite number; got undefined/],
        [[...drawings(1), { input: cross, label: null }], /Sample 3 .*got null/],
        [[{ input: cross, label: true }], /the boolean true/],
        [[{ input: cross, label: {} }], /got an Object\./],
        [[undefined], /Sample 0/],
        [[...drawings(1), ,], /Sample 3/],
      ];
      for (const [samples, message] of none)
        for (const call of ['evaluate', 'fineTune'] as const)
          await refused(classifier[call](samples as Sample[]), 'bad-argument', message);
    });

    it('a list that is none', async () => {
      for (const inputs of [undefined, cross, canvasOf(cross), 'abc'])
        await refused(classifier.predictBatch(inputs as never), 'bad-argument', /list/);
    });

    it('labels that the network does not know cannot be measured', async () => {
      const samples = [...drawings(1), { input: cross, label: 'star' }];
      await refused(classifier.evaluate(samples), 'bad-argument', /Sample 3.*'star'.*circle, cross, line/);
      const labels = ['circle', 'cross', 'line'];
      await refused(classifier.fineTune(samples, { labels }), 'bad-argument', /'star'/);
      const validation = [{ input: cross, label: 'moon' }];
      await refused(classifier.fineTune(drawings(1), { labels, validation }), 'bad-argument', /'moon'/);
    });

    it('blank samples cannot be learned from', async () => {
      const samples = [...drawings(1), { input: { strokes: [] }, label: 'line' }];
      await refused(classifier.fineTune(samples), 'bad-input', /Sample 3: .*no ink/);
    });

    const options_: [FineTuneOptions, RegExp][] = [
      [{ epochs: 0 }, /epochs.*0/],
      [{ epochs: 1.5 }, /epochs.*1.5/],
      [{ epochs: NaN }, /epochs/],
      [{ epochs: '3' as never }, /epochs.*'3'/],
      [{ epochs: (() => 3) as never }, /epochs.*the function/],
      [{ batchSize: -1 }, /batchSize/],
      [{ learningRate: -0.1 }, /learningRate/],
      [{ learningRate: Infinity }, /learningRate/],
      [{ optimizer: 'newton' as never }, /optimizer.*'adam'.*newton/],
      [{ schedule: 'step' as never }, /schedule/],
      [{ layers: 0 }, /layers/],
      [{ layers: 'body' as never }, /layers/],
      [{ validation: 1 }, /validation/],
      [{ validation: [] }, /a list of 0/],
      [{ validation: 'some' as never }, /validation/],
      [{ patience: -1 }, /patience/],
      [{ keep: 'never' as never }, /keep/],
      [{ seed: -1 }, /seed/],
      [{ labels: [] }, /[Ll]abels/],
      [{ labels: ['cross', 'cross', 'line', 'circle'] }, /came twice: "cross"/],
      [{ labels: 'cross' as never }, /[Ll]abels/],
      [{ labels: [null, 'cross'] as never }, /[Ll]abel/],
    ];
    it('options that make no sense, and the classifier stays as it was', async () => {
      const before = await answers(classifier);
      for (const [options, message] of options_)
        await refused(classifier.fineTune(drawings(2), options), 'bad-argument', message);
      assert.deepEqual(await answers(classifier), before);
      assert.deepEqual(classifier.labels, ['circle', 'cross', 'line']);
    });

    it('a network of photos takes no strokes, one of values no pictures', async () => {
      const photos = await create(lenet5({ input: [32, 32, 3] }), options);
      await refused(photos.predict(cross), 'bad-input', /strokes/);
      assert.lengthOf((await photos.predict(canvasOf(cross))).probabilities, 10);
      photos.dispose();
      const numbers = await create(
        { name: 'x', input: [4], layers: [{ type: 'dense', name: 'fc', units: 2 }] },
        options,
      );
      await refused(numbers.predict(canvasOf(cross)), 'bad-input', /a picture: expected values of shape \[4\]/);
      await refused(numbers.predict([1, 2, 3]), 'bad-input', /3 values: expected 4/);
      await refused(numbers.predict([1, 2, NaN, 4]), 'bad-input', /NaN at index 2/);
      assert.lengthOf((await numbers.predict([1, -2, 300, 4])).probabilities, 2);
      numbers.dispose();
    });
  });
