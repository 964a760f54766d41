import { assert } from 'chai';
import type { Classifier, Input, Prediction, Strokes } from 'handful';
import { assertNear, trained, ways } from '../support/sdk-classifiers.js';
import {
  canvasOf,
  drawn,
  imageDataOf,
  imageOf,
  offscreenOf,
  pngOf,
  symbols,
  videoOf,
  webglOf,
} from '../support/sdk-drawings.js';

type Make = (drawing: Strokes) => Input | Promise<Input>;

/** Everything that shows a picture. */
const pictures: Record<string, Make> = {
  HTMLCanvasElement: (drawing) => canvasOf(drawing),
  'a huge HTMLCanvasElement': (drawing) => canvasOf(drawing, 1500),
  'a canvas drawn by WebGL': (drawing) => webglOf(drawing),
  OffscreenCanvas: (drawing) => offscreenOf(drawing),
  'HTMLImageElement, loading yet': (drawing) => imageOf(drawing),
  HTMLVideoElement: (drawing) => videoOf(drawing),
  ImageBitmap: (drawing) => createImageBitmap(canvasOf(drawing)),
  ImageData: (drawing) => imageDataOf(drawing),
  'Pixels of clamped bytes': (drawing) => pixelsOf(drawing, Uint8ClampedArray),
  'Pixels of bytes': (drawing) => pixelsOf(drawing, Uint8Array),
  'a PNG in a Blob': (drawing) => pngOf(drawing),
};

function pixelsOf(drawing: Strokes, Bytes: typeof Uint8Array | typeof Uint8ClampedArray) {
  const { data, width, height } = imageDataOf(drawing);
  return { data: Bytes.from(data), width, height };
}

const arrays: Record<string, (values: Float32Array) => Input> = {
  Float32Array: (values) => values,
  Float64Array: (values) => Float64Array.from(values),
  'a list of numbers': (values) => [...values],
  Uint8Array: (values) => Uint8Array.from(values, (value) => Math.round(value * 255)),
  Uint8ClampedArray: (values) => Uint8ClampedArray.from(values, (value) => Math.round(value * 255)),
};

const blank: Strokes = { strokes: [] };
const drawing = drawn('cross', 77);

for (const { title, options } of ways)
  describe(title, () => {
    let classifier: Classifier;
    let expected: Prediction;
    before(async () => {
      classifier = await trained(options);
      expected = await classifier.predict(drawing, { image: true });
    });
    after(() => classifier.dispose());

    it('strokes', async () => {
      for (const [i, symbol] of symbols.entries()) {
        const { label, confidence, probabilities, image } = await classifier.predict(drawn(symbol, 50 + i));
        assert.equal(label, symbol);
        assert.equal(confidence, probabilities[i]);
        assert.isAbove(confidence, 0.6);
        const total = probabilities.reduce((a, b) => a + b);
        assert.approximately(total, 1, 1e-6);
        assert.isUndefined(image);
      }
    });

    for (const [kind, make] of Object.entries(pictures))
      it(`${kind}: what strokes answer, and blank`, async () => {
        const prediction = await classifier.predict(await make(drawing), { image: true });
        assert.equal(prediction.label, expected.label);
        assertNear(prediction.probabilities, expected.probabilities, 0.1);
        assertNear(mass(prediction), mass(expected), 0.6); // the very centre and weight of the ink

        const none = await classifier.predict(await make(blank), { image: true });
        const { label, confidence, probabilities, rejected, image } = none;
        assert.deepEqual(
          { label, confidence, probabilities, rejected },
          { label: null, confidence: 0, probabilities: [0, 0, 0], rejected: 'blank' },
        );
        assert.isTrue(image!.data.every((value) => value === 0));
      });

    for (const [kind, make] of Object.entries(arrays))
      it(`${kind}: what the picture it was made of answers, and blank`, async () => {
        const { probabilities } = await classifier.predict(make(expected.image!.data));
        assertNear(probabilities, expected.probabilities, 0.01);
        assert.equal((await classifier.predict(make(new Float32Array(784)))).rejected, 'blank');
      });

    it('all of them at once, in their order', async () => {
      const inputs = [
        ...(await Promise.all(Object.values(pictures).map(async (make) => make(drawing)))),
        blank,
        ...Object.values(arrays).map((make) => make(expected.image!.data)),
        drawn('line'),
      ];
      const labels = (await classifier.predictBatch(inputs)).map(({ label }) => label);
      const crosses = (count: number) => new Array(count).fill('cross') as string[];
      assert.deepEqual(labels, [
        ...crosses(Object.keys(pictures).length),
        null,
        ...crosses(Object.keys(arrays).length),
        'line',
      ]);
      assert.deepEqual(await classifier.predictBatch([]), []);
    });

    it("the caller's inputs stay whole and open", async () => {
      const bitmap = await createImageBitmap(canvasOf(drawing));
      const point = Object.freeze([1, 2] as const);
      const frozen = Object.freeze({ strokes: Object.freeze([Object.freeze([point, [3, 9]] as const)]) });
      const [imageData, pixels, png] = [imageDataOf(drawing), pixelsOf(drawing, Uint8Array), await pngOf(drawing)];
      const values = Object.values(arrays).map((make) => make(expected.image!.data));
      const copies = structuredClone([imageData.data, pixels, values]);
      for (let i = 0; i < 2; i++)
        await classifier.predictBatch([bitmap, frozen, imageData, pixels, png, ...values, bitmap]);
      assert.equal(bitmap.width, 200);
      assert.deepEqual([imageData.data, pixels, values], copies);
    });

    it('the image is what the network saw', async () => {
      const { width, height, channels, data } = expected.image!;
      assert.deepEqual([width, height, channels, data.length], [28, 28, 1, 784]);
      assert.isTrue(data.every((value) => value >= 0 && value <= 1));
      const [, x, y] = mass(expected);
      assert.approximately(x, 13.5, 1);
      assert.approximately(y, 13.5, 1);
    });
  });

/** Sum of the ink, relative to 100, and its centre. */
function mass({ image }: Prediction): [sum: number, x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  image!.data.forEach((value, i) => {
    sum += value;
    x += value * (i % 28);
    y += value * Math.floor(i / 28);
  });
  return [sum / 100, x / sum, y / sum];
}
