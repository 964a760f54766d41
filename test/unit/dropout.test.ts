import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dropoutKey, dropoutMask, dropoutThreshold } from '../../src/backends/dropout.js';
import { create } from '../../src/sdk/index.js';
import type { Sample, Spec } from '../../src/sdk/index.js';
import { draws } from '../support/draws.js';
import { at } from '../support/lists.js';
import { VARIANTS, arena, shareOut } from './support/assembly.js';

describe('masks of dropout', () => {
  it('zero their share, and scale what is left', () => {
    for (const rate of [0.1, 0.5, 0.9]) {
      const mask = dropoutMask(dropoutKey(1, 1), 0, rate, 20_000);
      const zeros = mask.filter((value) => value === 0).length / mask.length;
      assert.ok(Math.abs(zeros - rate) < 0.015, `${rate}: ${zeros}`);
      assert.deepEqual([...new Set(mask)].sort(), [0, Math.fround(1 / (1 - rate))]);
    }
  });

  it('differ by seed, step and site, and any part is that of the whole', () => {
    const mask = (seed: number, step: number, site: number) => dropoutMask(dropoutKey(seed, step), site, 0.5, 400);
    const all = [mask(1, 1, 0), mask(2, 1, 0), mask(1, 2, 0), mask(1, 1, 1)];
    for (const [i, one] of all.entries())
      for (const other of all.slice(0, i)) {
        const same = one.filter((value, at) => value === other[at]).length;
        assert.ok(same > 140 && same < 260, `${same} of 400 alike`);
      }
    assert.deepEqual(mask(1, 1, 0), all[0]);
    assert.deepEqual(dropoutMask(dropoutKey(1, 1), 0, 0.5, 100, 50), all[0]?.slice(50, 150));
  });

  for (const variant of VARIANTS)
    it(`are the kernel's, bit for bit, in any number of shards: ${variant}`, () => {
      const { normal } = draws(3);
      for (const [rate, count] of [
        [0.2, 37],
        [0.5, 64],
        [0.999, 1000],
      ] as const)
        for (const shards of [1, 2, 3]) {
          const { put, room, run, read, check } = arena(variant);
          const [x, mask] = [normal(count), normal(count)];
          const key = dropoutKey(5, 7);
          const from = { x: put(x), mask: put(mask), key: put(Int32Array.of(key)), scale: put([1 / (1 - rate)]) };
          const y = room(count);
          for (const [first, length] of shareOut(count, shards)) {
            const places = { x: from.x + 4 * first, mask: shards > 1 ? from.mask + 4 * first : 0, y: y + 4 * first };
            const rest = { first, site: 2, threshold: dropoutThreshold(rate) };
            run({ kernel: 'f32_dropout', ...from, ...places, count: length, ...rest });
          }
          const factors = dropoutMask(key, 2, rate, count);
          const isOpen = (i: number) => shards === 1 || at(mask, i) > 0;
          const expected = x.map((value, i) => (isOpen(i) ? Math.fround(value * at(factors, i)) + 0 : 0));
          assert.deepEqual(
            read(y, count).map((value) => value + 0),
            expected,
          );
          check();
        }
    });
});

const spec = (rate: number): Spec => ({
  name: 'dropout',
  input: [4, 4, 1],
  layers: [
    { type: 'conv2d', name: 'conv', filters: 4, kernel: 3, activation: 'relu' },
    { type: 'dropout', rate },
    { type: 'flatten' },
    { type: 'dropout', rate },
    { type: 'dense', name: 'fc', units: 6, activation: 'gelu' },
    { type: 'dropout', rate },
    { type: 'dense', name: 'head', units: 2 },
  ],
});

function samples(): Sample[] {
  const { normal } = draws(4);
  return Array.from({ length: 12 }, (_, i) => ({ input: normal(16).map((value) => value + (i % 2)), label: i % 2 }));
}

async function weightsAfter(rate: number, layers: 'all' | 'head', seed: number): Promise<string> {
  const classifier = await create(spec(rate), { preprocess: { kind: 'none' }, seed: 1 });
  const before = await classifier.predict(samples()[0]!.input);
  assert.deepEqual(await classifier.predict(samples()[0]!.input), before); // nothing random
  await classifier.fineTune(samples(), { layers, epochs: 2, keep: 'always', seed });
  const file = Buffer.from(await (await classifier.export()).arrayBuffer());
  classifier.dispose();
  const header = Number(file.readBigUInt64LE());
  return file.subarray(8 + header).toString('base64');
}

describe('networks with dropout', () => {
  it('learn the same of the same seed, and something else of another', async () => {
    const first = await weightsAfter(0.5, 'all', 3);
    assert.equal(await weightsAfter(0.5, 'all', 3), first);
    assert.notEqual(await weightsAfter(0.5, 'all', 4), first);
    assert.notEqual(await weightsAfter(0, 'all', 3), first);
  });

  it('drop nothing below the first layer that learns', async () => {
    assert.equal(await weightsAfter(0.5, 'head', 3), await weightsAfter(0, 'head', 3));
  });
});
