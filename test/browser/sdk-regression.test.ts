import { assert } from 'chai';
import { create, forget, load, mlp } from 'handful';
import type { Progress, Regressor, RegressionSample } from 'handful';
import { assertRising, disposedAfterEach, refused, ways } from '../support/sdk-classifiers.js';
import { canvasOf, drawn } from '../support/sdk-drawings.js';

const disposed = disposedAfterEach();
const regression = { loss: 'squaredError' } as const;

const line: RegressionSample[] = Array.from({ length: 24 }, (_, i) => ({
  input: [i / 12 - 1],
  target: 40 + 20 * (i / 12 - 1),
}));

for (const { title, options } of ways)
  describe(title, () => {
    it('learns a line, keeps it in its file, and answers as before', async () => {
      const regressor: Regressor = await disposed(create(mlp([1, 1]), { ...options, ...regression }));
      const fractions: number[] = [];
      const onProgress = ({ fraction }: Progress) => void fractions.push(fraction);
      const report = await regressor.fineTune(line, { epochs: 60, learningRate: 0.2, onProgress });
      assertRising(fractions);
      assert.isBelow(report.after.loss, report.before.loss / 100);
      const { values } = await regressor.predict([0.5]);
      assert.approximately(values[0] ?? NaN, 50, 2);
      assert.deepEqual(Object.keys(await regressor.evaluate(line)), ['loss', 'samples']);

      const again = await disposed(load(await regressor.export(), { ...options, ...regression }));
      assert.deepEqual(await again.predict([0.5]), { values });
      await regressor.save('line');
      const saved = await disposed(load('indexeddb:line', { ...options, ...regression }));
      await forget('line');
      assert.deepEqual(await saved.predict([0.5]), { values });
      assert.deepEqual(await (await disposed(saved.clone())).predict([0.5]), { values });
    });

    it('reads canvases, and refuses what does not fit', async () => {
      const regressor = await disposed(create(mlp([784, 2]), { ...options, ...regression }));
      const { values, image } = await regressor.predict(canvasOf(drawn('cross')), { image: true });
      assert.lengthOf(values, 2);
      assert.equal(image?.width, 28);
      const sample = { input: canvasOf(drawn('cross')), target: 1 };
      await refused(regressor.evaluate([sample]), 'bad-argument', /Sample 0 has a target of 2 finite numbers; got/);
      await refused(regressor.predict(canvasOf({ strokes: [] })), 'bad-input', /no ink/);
    });
  });
