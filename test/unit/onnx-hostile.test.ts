import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { HandfulError } from '../../src/errors.js';
import { encodeOnnx, type NodeToWrite } from '../../src/models/formats/onnx/write-messages.js';
import { readModelFile } from '../../src/models/formats/read-model-file.js';

const folder = 'test/fixtures/onnx';
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => new Uint8Array(readFileSync(`${folder}/${name}`)));

/** Reads what may be damaged. @returns Whether it could be read. @throws for all that is no HandfulError of a bad model. */
async function survives(bytes: Uint8Array): Promise<boolean> {
  const started = performance.now();
  try {
    await readModelFile(bytes, {});
    return true;
  } catch (error) {
    if (!(error instanceof HandfulError) || error.code !== 'bad-model') throw error;
    return false;
  } finally {
    assert.ok(performance.now() - started < 5000, 'it took too long');
  }
}

test('files that end early are refused', async () => {
  for (const file of files)
    for (let length = 1; length < file.length; length += 1 + Math.floor(file.length / 60))
      assert.equal(await survives(file.slice(0, length)), false, `${length} of ${file.length} bytes`);
});

test('whatever bits are turned, a file is read or refused', async () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), flips, async (file, flips) => {
      const bytes = file.slice();
      for (const [at, bit] of flips) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
      await survives(bytes);
    }),
    { numRuns: 1500 },
  );
});

test('structure that is damaged is read or refused', async () => {
  // The first bytes of most messages are lengths and tags, where a change does the most.
  for (const file of files)
    for (let at = 0; at < Math.min(file.length, 400); at++)
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = file.slice();
        bytes[at] = value;
        await survives(bytes);
      }
});

type Part = Omit<NodeToWrite, 'name'>;

/** A file of nodes on an input [batch, 1, 8, 8]. */
const graphOf = (nodes: Part[], tensors: Record<string, number[]> = {}, shape = [1, 8, 8]) =>
  encodeOnnx(
    {
      name: 'graph',
      nodes: nodes.map((node) => ({ ...node, name: `/${node.output}/${node.operator}` })),
      tensors: Object.entries(tensors).map(([name, shape]) => {
        const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5);
        return { name, shape, data };
      }),
      input: { name: 'input', shape },
      outputs: [{ name: 'out', shape: [2] }],
    },
    {},
    17,
  );

test('what handful has no layer for is refused by the name of its operator and node', async () => {
  const one = (operator: string, more: Partial<Part> = {}, tensors: Record<string, number[]> = {}) =>
    graphOf([{ operator, inputs: ['input', ...Object.keys(tensors)], output: 'out', ...more }], tensors);
  const kernel = { w: [2, 1, 3, 3] };
  const refused: [Uint8Array, RegExp][] = [
    [
      one('ConvTranspose', {}, kernel),
      /"\/out\/ConvTranspose".*a ConvTranspose, is what handful has no layer for; it has Conv/,
    ],
    [one('LayerNormalization', {}, { s: [8] }), /a LayerNormalization, is what handful has no layer for/],
    [one('HardSwish'), /"\/out\/HardSwish".*none of the functions/],
    [one('Conv', { integers: { dilations: [2, 2] } }, kernel), /"\/out\/Conv".*dilations \[2, 2\]/],
    [one('Conv', { integers: { strides: [1, 2] } }, kernel), /strides \[1,2\]/],
    [one('Conv', {}, { w: [2, 1, 3, 1] }), /kernel of 3x1/],
    [one('Conv', {}, { w: [2, 3, 3, 3] }), /1 groups for 1 channels/],
    [one('Conv', {}, { w: [2, 1, 9, 9] }), /kernel of \[9,9\] for an image of 8x8/],
    [one('Gemm', {}, { w: [64, 2] }), /dense layers take one list each/],
    [one('Relu'), /output is an image/],
    [one('Softmax'), /depends on no input|output is an image/],
    [
      graphOf(
        [
          { operator: 'Mul', inputs: ['a', 'input'], output: 'out' },
          { operator: 'Conv', inputs: ['input', 'w'], output: 'a' },
        ],
        { w: [1, 1, 1, 1] },
      ),
      /"\/out\/Mul".*none of the functions/,
    ],
    [
      graphOf([
        { operator: 'Relu', inputs: ['b'], output: 'out' },
        { operator: 'Relu', inputs: ['out'], output: 'b' },
      ]),
      /is part of a loop/,
    ],
    [graphOf([{ operator: 'Relu', inputs: ['nothing'], output: 'out' }]), /takes 0 inputs/],
    [graphOf([{ operator: 'Add', inputs: ['input', 'nothing'], output: 'out' }]), /takes "nothing"/],
    [graphOf([{ operator: 'Relu', inputs: ['input'], output: 'out' }], {}, [1, 0, 8]), /a size that is fixed/],
    [graphOf([]), /depends on no input|takes 0 inputs/],
  ];
  for (const [bytes, message] of refused)
    await assert.rejects(
      readModelFile(bytes, {}),
      { name: 'HandfulError', code: 'bad-model', message },
      String(message),
    );
});

test('branches that cross are refused, and functions of functions take no time', async () => {
  const conv = (input: string, output: string): Part => ({ operator: 'Conv', inputs: [input, 'w'], output });
  const crossing = graphOf(
    [
      conv('input', 'a'),
      conv('a', 'b'),
      { operator: 'Add', inputs: ['a', 'b'], output: 'c' },
      conv('input', 'd'),
      { operator: 'Add', inputs: ['c', 'd'], output: 'e' },
      { operator: 'Add', inputs: ['e', 'b'], output: 'out' },
    ],
    { w: [1, 1, 1, 1] },
  );
  await assert.rejects(readModelFile(crossing, {}), { code: 'bad-model', message: /branches .* cross/ });
  const doubled = graphOf(
    Array.from({ length: 4000 }, (_, i) => {
      const x = i === 0 ? 'input' : `x${i}`;
      return { operator: 'Add', inputs: [x, x], output: i === 3999 ? 'out' : `x${i + 1}` };
    }),
  );
  assert.equal(await survives(doubled), false);
});
