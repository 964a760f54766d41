import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Device } from '../../src/backends/device.js';
import { openWasm } from '../../src/backends/wasm/open.js';
import { sizeOf } from '../../src/common/shapes.js';
import { HandfulError } from '../../src/errors.js';
import { diskShape } from '../../src/models/files/layout.js';
import { decodeModel, encodeModel } from '../../src/models/files/model-file.js';
import { parseSafetensors, writeSafetensors } from '../../src/models/files/safetensors.js';
import { channelsFirst } from '../../src/models/formats/torch/channels.js';
import { toTorch } from '../../src/models/formats/torch/index.js';
import { OF_LAYERS, OF_MODULES } from '../../src/models/formats/torch/reserved.js';
import { infer } from '../../src/models/inference.js';
import { initialise } from '../../src/models/initialise.js';
import { lower } from '../../src/models/lowering/lower.js';
import type { Model, Weights } from '../../src/models/model.js';
import { Network } from '../../src/models/network.js';
import { lenet5, miniVgg, mlp, resnet, resnet9 } from '../../src/models/zoo.js';
import type { Spec } from '../../src/types.js';
import { draws } from '../support/draws.js';
import { modelOf, randomSpec, randomWeights } from '../support/specs.js';
import { declaredShapes } from '../support/torch-declarations.js';
import { torchSpecs } from '../support/torch-specs.js';

const zoo = [
  mlp([784, 512, 256, 128, 64, 10]),
  mlp([5, 8, 2], { activation: 'tanh' }),
  lenet5(),
  lenet5({ input: [32, 32, 3] }),
  miniVgg(),
  resnet([2, 2, 2], { input: [32, 32, 3] }),
  resnet9(),
];
const random = Array.from({ length: 60 }, (_, seed) => ({ ...randomSpec(draws(seed)), name: `random ${seed}` }));
const specs = [...zoo, ...torchSpecs, ...random];
const titleOf = ({ name, input }: Spec) => `${name} [${input}]`;

describe('modules for PyTorch', () => {
  for (const spec of specs)
    it(`declare the parameters of ${titleOf(spec)}`, () => {
      const source = toTorch(spec);
      const expected = lower(spec).parameters.map((parameter) => [parameter.name, [...diskShape(parameter)]] as const);
      assert.deepEqual(new Map([...declaredShapes(source)].sort()), new Map([...expected].sort()));
      const lines = source.split('\n');
      const long = lines.filter((line) => line.length > 88 || /\s$/.test(line));
      assert.deepEqual(long, []);
    });

  it('run every layer once', () => {
    const [, forward = ''] = toTorch(resnet()).split('def forward');
    const calls = forward.match(/self(\.\w+|\[\d+\])+(?=\()/g) ?? [];
    assert.equal(new Set(calls).size, calls.length);
    const layers = new Set(lower(resnet()).parameters.map(({ name }) => name.replace(/\.\w+$/, '')));
    assert.deepEqual(new Set(calls.map((path) => path.slice(5).replace(/\[(\d+)\]/g, '.$1'))), layers);
  });

  it('are named after the network, whose name is no source of theirs', () => {
    assert.match(toTorch(lenet5()), /^class Lenet5\(nn\.Module\):$/m);
    for (const name of ['', '"""', '12', 'none', 'F', '网络'])
      assert.match(toTorch({ ...mlp([2, 2]), name }), /^class Network\(nn\.Module\):$/m);
    const source = toTorch({ ...mlp([2, 2]), name: 'a"""\nimport os\\\n"""b' });
    assert.match(source, /^"""aimport osb, written by handful/);
    assert.equal(source.split('"""').length, 3);
    assert.doesNotMatch(source, /^import os/m);
  });

  it('write numbers as numbers', () => {
    const layers = [{ type: 'batchNorm', name: 'bn', epsilon: '1e-3', momentum: 1e-7 }, ...mlp([2, 2]).layers];
    const source = toTorch({ name: 'net', input: [2], layers } as Spec);
    assert.match(source, /nn\.BatchNorm1d\(2, eps=0\.001, momentum=1e-7\)/);
  });

  for (const name of ['train', 'forward', 'a.type', '__init__', 'a..b', 'a.', 'last.weight'])
    it(`refuse the name '${name}'`, () => {
      const layers = [{ type: 'dense', name, units: 2 } as const, { type: 'dense', name: 'last', units: 2 } as const];
      const isRefused = (error: unknown) =>
        error instanceof HandfulError && error.code === 'bad-argument' && error.message.includes(`'${name}'`);
      assert.throws(() => toTorch({ name: 'net', input: [2], layers }), isRefused);
    });
});

describe('a file that comes back from PyTorch', () => {
  it('with the metadata that the guide keeps, is the same network with other weights', () => {
    const model: Model = {
      ...modelOf(lenet5()),
      temperature: 1.5,
      preprocess: { kind: 'ink', mean: [0.2], std: [0.3] },
    };
    const { tensors, metadata } = parseSafetensors(encodeModel(model));
    const names = ['format', 'version', 'spec', 'labels', 'preprocess'];
    const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => names.includes(name)));
    const { temperature, ...rest } = model;
    assert.ok(temperature);
    assert.deepEqual(decodeModel(writeSafetensors(tensors, kept)), rest);
  });
});

const python = process.env.PYTHON ?? '/usr/bin/python3';
// Not skipped, which counts as failed: nobody is asked to install PyTorch.
if (spawnSync(python, ['-c', 'import torch']).status !== 0)
  console.log(`Left out, since ${python} has no PyTorch: what modules written for it answer there.`);
else describe('modules in PyTorch', { concurrency: false }, answersOfPytorch);

function answersOfPytorch() {
  const folder = mkdtempSync(join(tmpdir(), 'handful-torch-'));
  const cases = specs.map((spec, i) => ({ spec, model: weighted(spec, i), place: join(folder, String(i)) }));
  let device: Device;
  let attributes: string[][];

  before(async () => {
    device = await openWasm({});
    for (const { spec, model, place } of cases) {
      mkdirSync(place);
      writeFileSync(join(place, 'network.py'), toTorch(spec));
      writeFileSync(join(place, 'before.safetensors'), encodeModel(model));
      writeFileSync(join(place, 'shape.json'), JSON.stringify([COUNT, ...channelsFirst(spec.input)]));
      writeFileSync(join(place, 'input.f32'), transposed(inputsOf(spec), spec.input));
    }
    const run = spawnSync(python, [resolve('test/support/run_torch.py'), folder], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    attributes = JSON.parse(run.stdout) as string[][];
  });
  after(() => {
    device.release();
    rmSync(folder, { recursive: true });
  });

  for (const { spec, model, place } of cases)
    it(`${titleOf(spec)} answers as here, and as here again after a step of training`, async () => {
      const read = (file: string) => readFileSync(join(place, file));
      if (existsSync(join(place, 'error.txt'))) assert.fail(String(read('error.txt')));
      await agree(spec, model.weights, read('before.f32'));
      const trained = decodeModel(read('after.safetensors'), { spec, labels: model.labels });
      await agree(spec, trained.weights, read('after.f32'));
      assert.notDeepEqual(trained.weights, model.weights);
    });

  it('no attribute of its modules can be the name of a layer', () => {
    const [ofModules = [], ...ofLayers] = attributes;
    assert.deepEqual(
      ofModules.filter((name) => !OF_MODULES.has(name)),
      [],
    );
    const others = ofLayers.flat().filter((name) => !OF_MODULES.has(name) && !OF_LAYERS.has(name));
    assert.deepEqual(others, []);
  });

  async function agree(spec: Spec, weights: Weights, bytes: Buffer): Promise<void> {
    const network = new Network(lower(spec), weights, device);
    const ours = await infer(network, inputsOf(spec));
    network.dispose();
    const theirs = new Float32Array(Uint8Array.from(bytes).buffer);
    assert.equal(theirs.length, ours.length);
    const tolerance = 1e-4 * Math.max(1, ...ours.map(Math.abs));
    ours.forEach((x, i) => assert.ok(Math.abs(x - (theirs[i] ?? NaN)) < tolerance, `logit ${i}: ${x}, ${theirs[i]}`));
  }
}

const COUNT = 3;

function inputsOf(spec: Spec): Float32Array {
  return draws(9).normal(COUNT * sizeOf(spec.input));
}

/** Networks of the zoo as they begin, others with weights and statistics away from 0 and 1. */
function weighted(spec: Spec, seed: number): Model {
  const isOfZoo = zoo.includes(spec);
  return { ...modelOf(spec), weights: isOfZoo ? initialise(lower(spec), 1) : randomWeights(spec, draws(seed)) };
}

/** Images as PyTorch has them, channels first. */
function transposed(values: Float32Array, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 3) return values;
  const [pixels, size] = [height * width, sizeOf(shape)];
  return values.map((_, i) => {
    const at = i % size;
    return values[i - at + (at % pixels) * channels + Math.floor(at / pixels)] ?? 0;
  });
}
