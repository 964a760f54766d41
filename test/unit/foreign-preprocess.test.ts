// Files of other tools rarely say how their inputs were prepared: what is assumed is told, and a probe chooses.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { unzipSync, zipSync } from 'fflate';
import { create, load, mlp } from '../../src/sdk/index.js';
import type { Classifier } from '../../src/sdk/index.js';
import { kerasFile } from '../support/keras.js';
import { oneOfEach, writtenDigits } from '../support/written-digits.js';
import { disposedAfterAll, heardWarnings } from './support/classifiers.js';

const kept = disposedAfterAll();
const warnings = heardWarnings();

/** One that learned digits of values from -1 to 1, in the files of other tools, which do not say so. */
const files: Record<string, Uint8Array> = {};
let taught: Classifier;
before(async () => {
  taught = await kept(create(mlp([784, 24, 10]), { preprocess: { kind: 'ink', mean: [0.5], std: [0.5] } }));
  const training = { epochs: 12, batchSize: 32, learningRate: 0.003, validation: 0, augment: false, keep: 'always' };
  await taught.fineTune(writtenDigits(1200, 1), training as Parameters<Classifier['fineTune']>[1]);
  files.onnx = withoutMetadata(await bytesOf('onnx'));
  const { 'model.json': json, ...rest } = unzipSync(await bytesOf('tfjs'));
  const described = JSON.parse(new TextDecoder().decode(json));
  delete described.userDefinedMetadata;
  files.tfjs = zipSync({ 'model.json': new TextEncoder().encode(JSON.stringify(described)), ...rest });
  files.keras = kerasFileOf(await taught.weights());
});

async function bytesOf(format: 'onnx' | 'tfjs'): Promise<Uint8Array> {
  return new Uint8Array(await (await taught.export({ format })).arrayBuffer());
}

/** The key by which handful knows its own files, made another one. */
function withoutMetadata(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf('format\x12\x07handful', 'latin1');
  assert.ok(at > 0);
  bytes[at] = 0x46;
  return bytes;
}

/** As Keras saves it: the fixture's weights are all 1, all 2, and so on, in the places of these. */
function kerasFileOf(weights: Awaited<ReturnType<Classifier['weights']>>): Uint8Array {
  const bytes = kerasFile('digits.h5');
  for (const [i, data] of Object.values(weights).entries()) {
    const outputs = i < 2 ? 24 : 10;
    const inputs = data.length / outputs;
    const own = data.map((_, at) => data[(at % outputs) * inputs + Math.floor(at / outputs)] ?? 0);
    const fixture = new Float32Array(data.length).fill(i + 1);
    const at = Buffer.from(bytes).indexOf(new Uint8Array(fixture.buffer));
    assert.ok(at > 0);
    bytes.set(new Uint8Array(own.buffer), at);
  }
  return bytes;
}

const ASSUMED = {
  onnx: 'the mean 0.1307, divided by 0.3081',
  tfjs: 'the mean 0, divided by 1',
  keras: 'the mean 0, divided by 1',
};

for (const [format, assumed] of Object.entries(ASSUMED))
  describe(`${format} files that do not say how inputs were prepared`, () => {
    const file = () => files[format] ?? new Uint8Array();

    test('what is assumed is told, once on the console', async () => {
      const classifier = await kept(load(file()));
      const note = classifier.notes.at(-1) ?? '';
      assert.ok(note.startsWith('The file does not say how inputs were prepared; assumed: bright ink on dark'), note);
      assert.ok(note.includes(assumed) && note.includes('`probe`'), note);
      assert.deepEqual(
        warnings().map((text) => text.replace(/^.*? bytes: /, '')),
        [note],
      );
      await classifier.reset();
      assert.deepEqual(warnings(), []);
    });

    test('who says it is believed', async () => {
      const classifier = await kept(load(file(), { preprocess: { mean: [0.5], std: [0.5] } }));
      assert.doesNotMatch(classifier.notes.join(), /does not say/);
      assert.deepEqual(warnings(), []);
    });

    test('ten labelled samples find it', async () => {
      const digits = writtenDigits(300, 2);
      const { accuracy: right } = await taught.evaluate(digits);
      const classifier = await kept(load(file(), { probe: oneOfEach(11) }));
      assert.match(classifier.notes.join(' '), /Inputs are prepared so: .* reads \d+ of 10 probe samples/);
      assert.ok((await classifier.evaluate(digits)).accuracy > right - 0.02, classifier.notes.join(' '));
      assert.deepEqual(warnings(), []);
    });
  });

test('what a reader left out is told, and still is after a fine-tune', async () => {
  const classifier = await kept(load(files.keras ?? new Uint8Array(), { preprocess: { mean: [0.5], std: [0.5] } }));
  const notes = ['The softmax at the end is left out: handful makes probabilities of logits itself.'];
  assert.deepEqual(classifier.notes, notes);
  await classifier.fineTune(oneOfEach(3), { epochs: 1, keep: 'always' });
  assert.deepEqual(classifier.notes, notes);
});
