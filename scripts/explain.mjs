// What a network becomes: npm run explain -- NETWORK [--batch N] [--infer] [--threads N] [--optimizer NAME]
//                                        [--backend wasm|webgpu]
//   NETWORK   lenet5, minivgg, resnet, resnet9, mlp, or a pretrained id such as cifar10-resnet
//   --infer   inference instead of a training step
// Lists the lowered operations, the fused and scheduled steps with their phases, kernels, bytes and floating-point
// operations on the WASM engine, and the buffers with their lifetimes; or the dispatches on the WebGPU engine.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  decodeModel,
  explainDispatches,
  explainProgram,
  lenet5,
  lower,
  miniVgg,
  mlp,
  resnet,
  resnet9,
  sizeOf,
} from '#internals';
import { refuse, whole } from './lib/usage.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string' },
    threads: { type: 'string' },
    optimizer: { type: 'string', default: 'adam' },
    backend: { type: 'string', default: 'wasm' },
    infer: { type: 'boolean', default: false },
  },
});
/** @type {import('handful').OptimizerName[]} */
const OPTIMIZERS = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamw'];
const zoo = {
  lenet5: () => lenet5(),
  minivgg: () => miniVgg(),
  resnet: () => resnet([2, 2, 2], { input: [32, 32, 3] }),
  resnet9: () => resnet9(),
  mlp: () => mlp([784, 512, 256, 128, 64, 10]),
};
const usage = `Usage: npm run explain -- NETWORK [--batch N] [--infer] [--threads N] [--optimizer NAME] [--backend wasm|webgpu]
NETWORK is ${Object.keys(zoo).join(', ')} or a pretrained id; NAME is ${OPTIMIZERS.join(', ')}.`;

/** @param {string | undefined} name */
async function specOf(name) {
  if (name === undefined || positionals.length > 1) return refuse(usage);
  if (Object.hasOwn(zoo, name)) return zoo[/** @type {keyof typeof zoo} */ (name)]();
  const file = await readFile(`pretrained/${name}/model.safetensors`).catch(() => refuse(usage));
  return decodeModel(file).spec;
}

/** Rows as a table with aligned columns; numbers to the right. @param {(string | number)[][]} rows */
function table(rows) {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = texts[0]?.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const [i, row] of texts.entries()) {
    const cells = row.map((text, column) => {
      const isNumber = typeof (rows[i === 0 ? 1 : i] ?? [])[column] === 'number';
      return isNumber ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
    });
    console.log(`  ${cells.join('  ')}`.trimEnd());
  }
}

const network = lower(await specOf(positionals[0]));
const batch = whole('batch', values.batch) ?? 16;
const threads = whole('threads', values.threads) ?? 1;
const isTraining = !values.infer;
const optimizer = OPTIMIZERS.find((name) => name === values.optimizer) ?? refuse(usage);
if (values.backend !== 'wasm' && values.backend !== 'webgpu') refuse(usage);
const isOnGpu = values.backend === 'webgpu';
const what = isTraining ? `a training step by ${optimizer}` : 'inference';
const where = isOnGpu ? 'on WebGPU' : threads === 1 ? '1 thread' : `${threads} threads`;
console.log(`${positionals[0]}: ${what}, batch of ${batch}, ${where}\n`);

console.log('Operations, lowered from the spec:');
const shape = (/** @type {{ shape: readonly number[] }} */ { shape }) => `[${shape.join(', ')}]`;
const size = (/** @type {string} */ layer) =>
  network.parameters
    .filter(({ name, learns }) => learns && name.startsWith(`${layer}.`))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
table([
  ['layer', 'name', 'operation', 'input', 'output', 'parameters'],
  ...network.operations.map((each) => [
    String(each.layer),
    each.name,
    each.kind === 'activation' ? each.activation : each.kind,
    shape(each.x),
    shape(each.y),
    'weight' in each || 'scale' in each ? size(each.name) : 0,
  ]),
]);

if (isOnGpu) {
  const dispatches = explainDispatches(network, { batch, optimizer, isTraining });
  console.log(`\nDispatches: ${dispatches.length}; kernels of one run side by side:`);
  table([
    ['dispatch', 'kernel', 'workgroups', 'reads', 'writes', 'kB'],
    ...dispatches.flatMap((calls, i) =>
      calls.map(({ kernel, workgroups, reads, writes, bytes }) => [
        String(i + 1),
        kernel,
        workgroups,
        reads.join(', '),
        writes.join(', '),
        Math.ceil(bytes / 1000),
      ]),
    ),
  ]);
  process.exit();
}

const { steps, buffers, flops, heapBytes } = await explainProgram(network, {
  batch,
  threads,
  optimizer,
  isTraining,
});
console.log('\nSteps, fused and scheduled; threads meet between phases:');
table([
  ['step', 'phase', 'pass', 'operation', 'reads', 'writes', 'kB', 'MFLOP', 'kernels'],
  ...steps.map((step, i) => [
    String(i),
    step.phases,
    step.pass,
    step.operation,
    step.reads.join(', '),
    step.writes.join(', '),
    Math.ceil(step.bytes / 1000),
    Number((step.flops / 1e6).toFixed(2)),
    step.kernels.join(', '),
  ]),
]);
console.log('\nBuffers; those of one size take turns at a place:');
table([
  ['buffer', 'from step', 'to step', 'kB', 'place'],
  ...buffers.map(({ name, first, last, bytes, address }) => [
    name,
    first < 0 ? 'given' : String(first),
    last >= steps.length ? 'result' : String(last),
    Math.ceil(bytes / 1000),
    `0x${address.toString(16)}`,
  ]),
]);
console.log(
  `\n${(flops / 1e6).toFixed(1)} MFLOP; ${(heapBytes / 1000).toFixed(0)} kB of memory, parameters and scratch included.`,
);
