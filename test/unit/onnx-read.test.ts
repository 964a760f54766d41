import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Device } from '../../src/backends/device.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { readModelFile } from '../../src/models/formats/read-model-file.js';
import { infer } from '../../src/models/inference.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Model } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { standardise } from '../../src/preprocess/standardise.js';
import expected from '../fixtures/onnx/expected.json';

// Files as exporters write them, made by test/fixtures/make_onnx.py, against onnxruntime's answers.

let device: Device;
before(async () => (device = await openWasm({})));
after(() => device.release());

const load = (name: string) => readModelFile(new Uint8Array(readFileSync(`test/fixtures/onnx/${name}.onnx`)), {});

/** What a model answers to two examples of the fixtures' formula, which are in the file's order. */
async function logitsOf(model: Model, { input, range }: { input: number[]; range: number }, isPlain: boolean) {
  const size = input.reduce((a, b) => a * b);
  const values = Float32Array.from({ length: 2 * size }, (_, i) => Math.fround((((7919 * i) % 997) / 997) * range));
  const [channels = 1, height = 1, width = 1] = input.length === 3 && (input[2] ?? 0) > 4 ? input : [1, size];
  const ours = values.map((_, i) => {
    const [example, at] = [Math.floor(i / size), i % size];
    const [pixel, channel] = [Math.floor(at / channels), at % channels];
    return values[example * size + channel * height * width + pixel] ?? 0;
  });
  // What the file standardises itself is the model's preprocessing, of values from 0 to 1.
  const taken = isPlain
    ? ours
    : standardise(
        ours.map((value) => Math.round(value) / 255),
        model.preprocess,
      );
  const network = new Network(lower(model.spec), model.weights, device);
  try {
    return await infer(network, taken);
  } finally {
    network.dispose();
  }
}

const names = Object.keys(expected) as (keyof typeof expected)[];

for (const name of names)
  test(`${name}.onnx answers as onnxruntime does`, async () => {
    const model = await load(name);
    const { logits } = expected[name];
    const answers = await logitsOf(model, expected[name], name !== 'standardised');
    const wanted = logits.flatMap((row) => (name === 'two-classes' ? [0, ...row] : row));
    assert.equal(answers.length, wanted.length);
    for (const [i, answer] of answers.entries())
      assert.ok(
        Math.abs(answer - (wanted[i] ?? NaN)) < 1e-4 * Math.max(1, ...wanted.map(Math.abs)),
        `${answers} ${wanted}`,
      );
  });

test('what a file does not say of its inputs is assumed, and is known to be', async () => {
  const [cntk, bare, own] = [await load('mnist-8'), await load('pytorch'), await load('standardised')];
  assert.equal(cntk.preprocessAssumed, true);
  assert.deepEqual([cntk.preprocess.mean, cntk.preprocess.std], [[0], [1 / 255]]);
  assert.equal(bare.preprocessAssumed, true);
  assert.equal(own.preprocessAssumed, undefined);
  assert.match(String(own.notes), /standardises its inputs itself/);
});
