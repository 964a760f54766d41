import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positional, scratchBytes } from '../../src/backends/wasm/kernel-call.js';
import type { KernelCall } from '../../src/backends/wasm/kernel-call.js';
import { PARAMETERS } from '../../src/backends/wasm/kernels.js';
import type { KernelExports } from '../../src/backends/wasm/kernels.js';
import { kernelBinary, tfjsKernelBinary } from '../../src/backends/wasm/variants.js';
import { PARAMETERS as TFJS_PARAMETERS } from '../../src/tfjs-kernels/kernels.js';

function exportsOf(binary: Uint8Array): WebAssembly.Exports {
  const env = { memory: new WebAssembly.Memory({ initial: 1 }) };
  return new WebAssembly.Instance(new WebAssembly.Module(binary as BufferSource), { env }).exports;
}

const product: KernelCall = {
  kernel: 'f32_dense_weight_gradient',
  ...{ last: 8, first: 4, units: 3, inputs: 9, rows: 5 },
  ...{ db: 40, dw: 30, dy: 20, x: 10 },
};
const sum: KernelCall = { kernel: 'f32_add', count: 7, c: 3, b: 2, a: 1 };

for (const [name, binary, parameters] of [
  ['engine', kernelBinary(false), PARAMETERS],
  ['TensorFlow.js', tfjsKernelBinary(false), TFJS_PARAMETERS],
] as const)
  test(`the names written down are those of the module for ${name}, and as many arguments`, () => {
    const lengths = Object.entries(exportsOf(binary)).map(([name, value]) => [name, (value as () => void).length]);
    const written = Object.entries(parameters).map(([name, names]) => [name, names.split(' ').length]);
    assert.deepEqual(Object.fromEntries(written), Object.fromEntries(lengths));
  });

test('arguments come in the order of the kernel, with scratch memory where it takes some', () => {
  assert.deepEqual(positional(product, 64, 128), [10, 20, 30, 40, 5, 9, 3, 4, 8, 64, 128]);
  assert.deepEqual(positional(sum, 64, 128), [1, 2, 3, 7]);
});

test('flags are 0 and 1', () => {
  const call = (tanh: boolean): KernelCall => ({ kernel: 'f32_activation', x: 1, y: 2, count: 3, tanh });
  assert.deepEqual(positional(call(true), 0, 0), [1, 2, 3, 1]);
  assert.deepEqual(positional(call(false), 0, 0), [1, 2, 3, 0]);
});

test('a kernel tells how much scratch memory a call needs, by the arguments of that call', () => {
  const exports = exportsOf(kernelBinary(false)) as KernelExports;
  assert.equal(scratchBytes(exports, product), exports.f32_dense_weight_gradient_scratch(5));
  assert.ok(scratchBytes(exports, product) > 0);
  assert.equal(scratchBytes(exports, sum), 0);
});

test('a wrong name, a missing argument and one too many do not compile', () => {
  const wrong: KernelCall[] = [
    // @ts-expect-error: no such kernel
    { kernel: 'f32_subtract', a: 1, b: 2, c: 3, count: 7 },
    // @ts-expect-error: no such argument
    { kernel: 'f32_add', a: 1, b: 2, c: 3, length: 7 },
    // @ts-expect-error: too few
    { kernel: 'f32_add', a: 1, b: 2, c: 3 },
    // @ts-expect-error: another kernel's
    { kernel: 'f32_add', a: 1, b: 2, c: 3, count: 7, relu: true },
    // @ts-expect-error: scratch memory is not the caller's to give
    { kernel: 'f32_add', a: 1, b: 2, c: 3, count: 7, scratch: 64 },
    // @ts-expect-error: a flag is no number
    { kernel: 'f32_activation', x: 1, y: 2, count: 3, tanh: 1 },
  ];
  assert.equal(wrong.length, 6);
});
