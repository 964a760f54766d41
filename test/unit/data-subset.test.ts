import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pick, split, stratified } from '../../scripts/data/subset.mjs';

/** 1,000 labels of four classes, of uneven frequency. */
const labels = Uint8Array.from({ length: 1000 }, (_, i) => Number('0123112'.charAt((i * i + 3 * i) % 7)));
const counts = (indices: number[]) => [0, 1, 2, 3].map((label) => indices.filter((i) => labels[i] === label).length);
const classes = counts(Array.from(labels.keys()));

describe('stratified', () => {
  it('takes as many of each class, none twice, in random order', () => {
    const indices = stratified(
      [0, 1, 2].flatMap((label) => Array(40).fill(label)),
      16,
      7,
    );
    assert.equal(new Set(indices).size, 48);
    for (const label of [0, 1, 2]) assert.equal(indices.filter((i) => Math.floor(i / 40) === label).length, 16);
    assert.notDeepEqual(
      indices,
      [...indices].sort((i, j) => i - j),
    );
  });

  it('depends on the seed alone', () => {
    const rare = Math.min(...classes.filter((count) => count > 0));
    assert.deepEqual(stratified(labels, rare, 1), stratified(labels, rare, 1));
    assert.notDeepEqual(stratified(labels, 16, 1), stratified(labels, 16, 2));
    assert.deepEqual(stratified(Array(5).fill(0), 5, 0).sort(), [0, 1, 2, 3, 4]);
  });

  it('refuses more than there are', () => {
    assert.throws(() => stratified([0, 0, 1], 2, 0), /class 1 has 1 examples, expected at least 2/);
  });
});

describe('split', () => {
  it('holds back a count or a share, of every class its part', () => {
    for (const holdOut of [100, 0.1]) {
      const { train, validation } = split(labels, holdOut, 3);
      assert.equal(validation.length, 100);
      assert.deepEqual(
        [...train, ...validation].sort((i, j) => i - j),
        [...labels.keys()],
      );
      counts(validation).forEach((count, label) => assert.ok(Math.abs(count - (classes[label] ?? NaN) / 10) <= 1));
    }
  });

  it('depends on the seed, and takes none or all', () => {
    assert.deepEqual(split(labels, 50, 1), split(labels, 50, 1));
    assert.notDeepEqual(split(labels, 50, 1), split(labels, 50, 2));
    assert.equal(split(labels, 0, 0).train.length, 1000);
    assert.equal(split(labels, 1000, 0).train.length, 0);
  });

  it('refuses what cannot be held back', () => {
    for (const holdOut of [1001, -1, 2.5, NaN]) assert.throws(() => split(labels, holdOut, 0), RangeError);
  });
});

describe('pick', () => {
  it('copies images and labels', () => {
    const part = { images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Uint8Array.of(7, 8, 9) };
    assert.deepEqual(pick(part, [2, 0]), { images: Uint8Array.of(5, 6, 1, 2), labels: Uint8Array.of(9, 7) });
  });
});
