import { assert } from 'chai';
import { load } from 'handful';
import type { Point, Strokes } from 'handful';
import { disposedAfterEach, places, refused, trained } from '../support/sdk-classifiers.js';
import { drawings, drawn } from '../support/sdk-drawings.js';

const disposed = disposedAfterEach();

/** To and fro, as a pen is tried out; another `seed` is another hand. */
function zigzag(seed = 0): Strokes {
  const points = Array.from({ length: 12 }, (_, i): Point => [i / 12, (i % 2) * 0.9 + 0.1 * Math.sin(seed + 5 * i)]);
  return { strokes: [points] };
}
const grey = Array.from({ length: 784 }, (_, i) => (i % 28 > 4 && i % 28 < 23 ? 0.5 + 0.2 * Math.sin(i) : 0));

for (const { title, options } of places)
  describe(`what a network does not know, ${title}`, () => {
    it('is refused, unless an answer is asked for', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      const inputs = [drawn('line'), zigzag(), { strokes: [] }, grey];
      const [line, strange, blank, picture] = await digits.predictBatch(inputs);
      assert.equal(line?.label, '1');
      assert.isUndefined(line?.rejected);
      assert.deepEqual(strange, {
        label: null,
        confidence: 0,
        probabilities: new Array<number>(10).fill(0),
        rejected: 'unfamiliar',
      });
      assert.equal(blank?.rejected, 'blank');
      assert.equal(picture?.rejected, 'unfamiliar');

      const { label, confidence, rejected } = await digits.predict(zigzag(), { reject: false });
      assert.include(digits.labels, label);
      assert.isAbove(confidence, 0.1);
      assert.isUndefined(rejected);
      assert.equal((await digits.predict({ strokes: [] }, { reject: false })).rejected, 'blank');
      assert.deepEqual(await digits.predict(drawn('line'), { reject: false }), line);
    });

    it('is known once it was learned, also from the file, and forgotten by reset', async () => {
      const digits = await disposed(load('mnist-lenet5', options));
      const samples = [1, 2, 3].map((seed) => ({ input: zigzag(seed), label: 'zigzag' }));
      await digits.fineTune(samples);
      const saved = await disposed(load(await digits.export(), options));
      for (const classifier of [digits, saved]) {
        const answers = await classifier.predictBatch([...samples.map(({ input }) => input), zigzag(9)]);
        for (const { rejected } of answers) assert.isUndefined(rejected);
        assert.equal((await classifier.predict(grey)).rejected, 'unfamiliar');
      }
      await digits.reset();
      assert.equal((await digits.predict(zigzag(1))).rejected, 'unfamiliar');
    });

    it('is answered all the same by networks that cannot tell', async () => {
      assert.isNotNull((await (await disposed(trained(options))).predict(zigzag())).label);
      const digits = await disposed(load('mnist-lenet5', options));
      const { head } = await digits.fineTune(drawings(4));
      assert.equal(head, 'replaced');
      assert.isNotNull((await digits.predict(zigzag())).label);
    });

    it('an option reject that is none is refused', async () => {
      const digits = await disposed(trained(options));
      await refused(digits.predict(zigzag(), { reject: 1 as never }), 'bad-argument', /reject takes true or false/);
    });
  });
