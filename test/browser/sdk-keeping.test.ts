import { assert } from 'chai';
import { create, forget, load, saved } from 'handful';
import type { Classifier } from 'handful';
import { answers, disposedAfterEach, places, refused, tiny, trained } from '../support/sdk-classifiers.js';
import { drawings, drawn, symbols } from '../support/sdk-drawings.js';

const quick = { epochs: 15, keep: 'always', validation: 0 } as const;

/** Another thing to learn: the symbols with their names in another order. */
const others = { circle: 'cross', cross: 'line', line: 'circle' };
const renamed = drawings(4).map(({ input, label }) => ({ input, label: others[label as keyof typeof others] }));

async function fileOf(classifier: Classifier): Promise<Uint8Array> {
  return new Uint8Array(await (await classifier.export()).arrayBuffer());
}

for (const { title, options } of places)
  describe(title, () => {
    const disposed = disposedAfterEach();
    let classifier: Classifier;
    beforeEach(async () => void (classifier = await disposed(trained(options))));

    it('an exported classifier is the same bit for bit when it is loaded', async () => {
      await classifier.fineTune([...drawings(3), { input: drawn('line', 5), label: 'Ω "x"' }], quick);
      const blob = await classifier.export();
      assert.equal(blob.type, 'application/octet-stream');
      const again = await disposed(load(blob, options));
      assert.deepEqual(again.labels, [...symbols, 'Ω "x"']);
      assert.deepEqual(again.spec, classifier.spec);
      assert.deepEqual(again.preprocess, classifier.preprocess);
      assert.deepEqual(await answers(again), await answers(classifier));
      assert.deepEqual(await fileOf(again), await fileOf(classifier));
    });

    it('a file whose name and extension say nothing loads from the URL of its Blob', async () => {
      const url = URL.createObjectURL(await classifier.export());
      assert.deepEqual(await answers(await disposed(load(url, options))), await answers(classifier));
      URL.revokeObjectURL(url);
    });

    it('saves under any name, lists, loads and forgets', async () => {
      const name = 'my hand';
      const names = [name, 'Ω/../:?#', '__proto__', 'mnist-lenet5'];
      for (const each of names) await classifier.save(each);
      assert.includeMembers(await saved(), names);
      for (const each of names) {
        const again = await disposed(load(`indexeddb:${each}`, options));
        assert.deepEqual(await answers(again), await answers(classifier));
      }
      await classifier.fineTune(renamed, quick);
      await classifier.save(name); // over the old one
      const again = await disposed(load(`indexeddb:${name}`, options));
      assert.deepEqual(await answers(again), await answers(classifier));

      for (const each of names) await forget(each);
      await forget(name); // once more is fine
      assert.notIncludeMembers(await saved(), names);
      await refused(load(`indexeddb:${name}`, options), 'not-found', /'my hand'/);
      await refused(classifier.save(''), 'bad-argument', /""/);
      await refused(classifier.save(undefined as never), 'bad-argument', /undefined/);
    });

    it('saves what was learned by the calls before it, not after', async () => {
      const tuning = classifier.fineTune(renamed, quick);
      const between = answers(classifier);
      const saving = classifier.save('between');
      const reset = classifier.reset();
      await Promise.all([tuning, saving, reset]);
      const again = await disposed(load('indexeddb:between', options));
      assert.deepEqual(await answers(again), await between);
      await forget('between');
    });

    it('reset returns to what was loaded', async () => {
      const [before, file] = [await answers(classifier), await fileOf(classifier)];
      await classifier.fineTune(renamed, quick);
      await classifier.fineTune([{ input: drawn('line'), label: 'new' }], quick);
      assert.lengthOf(classifier.labels, 4);
      assert.notDeepEqual(await answers(classifier), before);
      await classifier.reset();
      assert.deepEqual(classifier.labels, [...symbols]);
      assert.deepEqual(classifier.spec, tiny);
      assert.deepEqual(await answers(classifier), before);
      assert.deepEqual(await fileOf(classifier), file);
    });

    it('a clone is the same and goes its own way', async () => {
      const before = await answers(classifier);
      const clone = await disposed(classifier.clone());
      assert.deepEqual(await answers(clone), before);
      assert.deepEqual(clone.backend, classifier.backend);
      await clone.fineTune(renamed, quick);
      assert.deepEqual(await answers(classifier), before);
      const changed = await answers(clone);
      assert.notDeepEqual(changed, before);
      await classifier.fineTune([{ input: drawn('line'), label: 'new' }], quick);
      assert.deepEqual(await answers(clone), changed);
      classifier.dispose();
      await clone.reset();
      assert.deepEqual(await answers(clone), before);
    });

    it('a clone has the labels of now, not those it was made with', async () => {
      const made = await disposed(create(tiny, { ...options, labels: symbols, preprocess: { mean: [0.2] } }));
      await made.fineTune([...drawings(2), { input: drawn('line'), label: 'new' }], quick);
      const clone = await disposed(made.clone());
      assert.deepEqual(clone.labels, [...symbols, 'new']);
      assert.deepEqual(clone.preprocess, made.preprocess);
      assert.deepEqual(await answers(clone), await answers(made));
    });

    it('a clone that is aborted leaves the classifier alone', async () => {
      await refused(classifier.clone({ signal: AbortSignal.abort() }), 'aborted');
      await refused(classifier.export({ signal: AbortSignal.abort() }), 'aborted');
      await refused(classifier.save('x', { signal: AbortSignal.abort() }), 'aborted');
      await refused(classifier.reset({ signal: AbortSignal.abort() }), 'aborted');
      assert.equal((await classifier.predict(drawn('cross'))).label, 'cross');
    });

    it('what its getters give is the caller’s to change', async () => {
      classifier.labels.push('x');
      classifier.spec.layers.length = 0;
      classifier.preprocess.mean[0] = 9;
      classifier.backend.reason = '';
      assert.deepEqual(classifier.labels, [...symbols]);
      assert.deepEqual(classifier.spec, tiny);
      assert.equal(classifier.preprocess.mean[0], 0.1307);
      assert.match(classifier.backend.reason, /WASM/);
    });
  });
