// Files that are damaged, hostile or of something else: each is refused with a reason, soon.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zipSync, zlibSync } from 'fflate';
import { HandfulError } from '../../src/errors.js';
import { random } from '../../src/common/random.js';
import { readModelFile } from '../../src/models/formats/read-model-file.js';
import { kerasFile } from '../support/keras.js';

const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const refused = (bytes: Uint8Array, message: RegExp, beside?: (path: string) => Promise<Uint8Array>) =>
  assert.rejects(async () => readModelFile(bytes, {}, beside), { name: 'HandfulError', code: 'bad-model', message });

const layer = (className: string, name: string, config: object = {}, inputs: string[] = []) => ({
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: inputs.length > 0 ? [inputs.map((each) => [each, 0, 0, {}])] : [],
});
const input = (shape: unknown = [null, 4]) => layer('InputLayer', 'in', { batch_input_shape: shape });
const functional = (...layers: ReturnType<typeof layer>[]) => ({
  class_name: 'Model',
  config: { name: 'm', layers, input_layers: [['in', 0, 0]], output_layers: [[layers.at(-1)?.name, 0, 0]] },
});
const modelJson = (modelTopology: unknown, weights: unknown[] = [], paths = ['w.bin']) =>
  text({ format: 'layers-model', modelTopology, weightsManifest: [{ paths, weights }] });
const nothing = async () => new Uint8Array();
const dense = (units: unknown, ...inputs: string[]) => layer('Dense', `d${inputs.join('')}`, { units }, inputs);

describe('damaged files', () => {
  for (const name of ['residual.h5', 'photo.keras'])
    it(`${name}, cut off or with bytes that are others, is a model or bad-model`, async () => {
      const file = kerasFile(name);
      const next = random(17);
      let refusals = 0;
      for (let round = 0; round < 150; round++) {
        const bytes = round % 3 === 0 ? file.slice(0, 8 + next() * (file.length - 8)) : file.slice();
        for (let i = 0; round % 3 > 0 && i < 1 + round / 8; i++)
          bytes[Math.floor(8 + next() * (next() < 0.5 ? 5000 : bytes.length - 8))] = Math.floor(next() * 256);
        try {
          await readModelFile(bytes, {});
        } catch (error) {
          assert.ok(error instanceof HandfulError && error.code === 'bad-model', String((error as Error).stack));
          refusals++;
        }
      }
      assert.ok(refusals > 50, `${refusals} were refused`);
    });
});

describe('HDF5 files', () => {
  const find = (bytes: Uint8Array, word: string) => Buffer.from(bytes).indexOf(word, 'latin1');

  it('whose groups hold themselves are refused', async () => {
    const bytes = kerasFile('tutorial.h5');
    const view = new DataView(bytes.buffer);
    const root = view.getBigUint64(64, true); // of the superblock's only entry
    for (let at = find(bytes, 'SNOD') + 8; at < find(bytes, 'SNOD') + 48; at += 40)
      view.setBigUint64(at + 8, root, true);
    await refused(bytes, /has a kernel|has no|no array/);
  });

  it('whose trees branch into the same again and again are refused', async () => {
    const file = kerasFile('tutorial.h5');
    const [levels, entries, header] = [4, 2000, 24];
    const size = header + 16 * entries + 8;
    const bytes = new Uint8Array(file.length + levels * size);
    bytes.set(file);
    const view = new DataView(bytes.buffer);
    const first = BigInt(find(file, 'TREE'));
    const address = (level: number) => BigInt(file.length + (level - 1) * size);
    for (let at = 0; at + 8 <= file.length; at++)
      if (view.getBigUint64(at, true) === first) view.setBigUint64(at, address(levels), true);
    for (let level = 1; level <= levels; level++) {
      const at = Number(address(level));
      bytes.set([0x54, 0x52, 0x45, 0x45, 0, level], at);
      view.setUint16(at + 6, entries, true);
      for (let i = 0; i < entries; i++)
        view.setBigUint64(at + header + 16 * i + 8, level > 1 ? address(level - 1) : first, true);
    }
    const started = performance.now();
    await refused(bytes, /leads in circles/);
    assert.ok(performance.now() - started < 2000, 'it ends soon');
  });

  it('with weights alone are refused with what to do', async () => {
    const bytes = kerasFile('tutorial.h5');
    bytes[find(bytes, 'model_config')] = 0x58;
    await refused(bytes, /weights alone.*model\.load_weights.*model\.save/);
  });

  it('whose arrays would be larger than any file are refused', async () => {
    const bytes = kerasFile('tutorial.h5');
    const sizes = new DataView(bytes.buffer);
    for (let at = 0; at + 16 <= bytes.length; at += 8)
      if (sizes.getBigUint64(at, true) === 36n && sizes.getBigUint64(at + 8, true) === 5n)
        sizes.setBigUint64(at, 1n << 30n, true);
    await refused(bytes, /more than the file of/);
  });

  it('of what only the newest HDF5 writes are refused by its name', async () => {
    await refused(kerasFile('heap.h5'), /attributes of "\/" in a heap of their own.*libver='latest'/);
    await refused(kerasFile('chunked.h5'), /in chunks of the newest HDF5.*libver='latest'/);
  });

  it('whose chunks are larger than their arrays are refused before they are walked through', async () => {
    const bytes = kerasFile('packed.h5');
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 12 <= bytes.length; at++)
      if ([36, 5, 4].every((size, i) => view.getUint32(at + 4 * i, true) === size))
        view.setUint32(at, 0x7fffffff, true);
    await refused(bytes, /\[36,5\], are in chunks of \[2147483647,5\]/);
  });

  it('whose chunks inflate to more than they have are refused', async () => {
    const file = kerasFile('packed.h5');
    const bomb = zlibSync(new Uint8Array(1 << 24), { level: 9 });
    const bytes = new Uint8Array(file.length + bomb.length);
    bytes.set(file);
    bytes.set(bomb, file.length);
    const chunk = Buffer.from(file).indexOf(Buffer.from([0x78, 0x5e])); // as zlib's streams begin
    const view = new DataView(bytes.buffer);
    for (let at = 32; at + 8 <= file.length; at++) {
      if (view.getBigUint64(at, true) !== BigInt(chunk)) continue;
      const key = [at - 24, at - 32].find((place) => view.getUint32(place, true) > 0) ?? 0; // of one axis or two
      view.setUint32(key, bomb.length, true);
      view.setUint32(key + 4, 4, true); // which leaves the checksum out
      view.setBigUint64(at, BigInt(file.length), true);
    }
    await refused(bytes, /inflates to more than its \d+ bytes/);
  });
});

describe('zip archives', () => {
  it('that grow out of proportion are not unpacked', async () => {
    const bomb = zipSync({ 'config.json': new Uint8Array(1 << 25), 'model.weights.h5': new Uint8Array(1 << 25) });
    await refused(bomb, /grow to more than/);
  });

  it('of other things are told apart', async () => {
    await refused(zipSync({ 'archive/data.pkl': new Uint8Array(3) }), /torch\.save.*save_file/);
    await refused(zipSync({ 'saved/saved_model.pb': new Uint8Array(3) }), /SavedModel/);
    await refused(zipSync({ 'notes.txt': new Uint8Array(3) }), /notes\.txt.*expected a Keras/);
    await refused(
      zipSync({ 'config.json': text('{"a":'), 'model.weights.h5': new Uint8Array(8) }),
      /config\.json is no JSON/,
    );
    await refused(zipSync({ 'model.json': modelJson(functional(input(), dense(2, 'in'))) }), /no "w\.bin"/);
  });
});

describe('model.json', () => {
  it('of graph models, of other JSON, and without its weights is refused with what to do', async () => {
    await refused(
      text({ format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] }),
      /graph model.*tfjs_layers_model/,
    );
    await refused(text({ format: 'layers-model' }), /no TensorFlow\.js model\.json/);
    await refused(modelJson(functional(input(), dense(2, 'in'))), /load\(\[modelJson, \.\.\.weightFiles\]\)/);
    await refused(text({ format: 'x'.repeat(10), modelTopology: [] }), /weightsManifest/);
    await refused(text(`{"format":${'['.repeat(5000)}${']'.repeat(5000)}}`), /levels deep/);
  });

  it('with absurd weights is refused before memory is taken for them', async () => {
    const weight = (shape: unknown, dtype: unknown = 'float32') => ({ name: 'd/kernel', shape, dtype });
    const model = functional(input(), dense(2, 'in'));
    await refused(modelJson(model, [weight([1e9, 1e9])]), /shape/, nothing);
    await refused(modelJson(model, [weight([1e7, 1e7])]), /have 0 bytes together/, nothing);
    await refused(modelJson(model, [weight([-1])]), /whole numbers/, nothing);
    await refused(modelJson(model, [weight([4, 2], 'complex64')]), /complex64/, nothing);
    await refused(modelJson(model, [weight([4, 2])], ['https://elsewhere.example/w.bin']), /relative/, nothing);
    await refused(modelJson(functional(input(), dense(1e12, 'in'))), /./, nothing);
    await refused(modelJson(functional(input([null, 1e9, 1e9, 1e9]), layer('Flatten', 'f', {}, ['in']))), /./, nothing);
  });

  it('of graphs that handful has no network for names the layer', async () => {
    const of = (...layers: ReturnType<typeof layer>[]) => modelJson(functional(input(), ...layers));
    const relu = (name: string, ...inputs: string[]) => layer('ReLU', name, {}, inputs);
    const add = (name: string, ...inputs: string[]) => layer('Add', name, {}, inputs);
    await refused(of(add('a', 'in', 'b'), relu('b', 'a')), /go in circles at "b"/, nothing);
    await refused(of(relu('a', 'nowhere')), /no layer "nowhere"/, nothing);
    await refused(of(layer('LSTM', 'memory', {}, ['in'])), /"memory" \(LSTM\).*reads Activation, .*Add, /, nothing);
    await refused(
      of(relu('a', 'in'), layer('Concatenate', 'c', {}, ['in', 'a'])),
      /"c" \(Concatenate\) joins branches/,
      nothing,
    );
    await refused(of(layer('ReLU', 'six', { max_value: 6 }, ['in'])), /"six" \(ReLU\) has the max_value 6/, nothing);
    await refused(of(relu('a', 'in')), /"a" \(ReLU\) is the last layer/, nothing);
    const crossed = [relu('a', 'in'), relu('b', 'a'), add('x', 'a', 'b'), add('y', 'b', 'x'), add('z', 'x', 'y')];
    await refused(of(...crossed), /branches of the model cross/, nothing);
    await refused(modelJson(functional(input([null, null, null, 3]))), /sizes of its input open/, nothing);
    await refused(modelJson({ class_name: 'Custom', config: {} }), /holds a Custom/, nothing);
    const many = Array.from({ length: 2001 }, (_, i) => relu(`r${i}`, i > 0 ? `r${i - 1}` : 'in'));
    await refused(of(...many), /more than 2000 layers/, nothing);
  });

  it('of many sums in sums takes no time', async () => {
    const layers = Array.from({ length: 400 }, (_, i) => {
      const before = i > 0 ? `a${i - 1}` : 'in';
      return layer('Add', `a${i}`, {}, [before, before]);
    });
    await refused(modelJson(functional(input(), ...layers)), /last layer/, nothing);
  });
});
