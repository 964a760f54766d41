// Numbers that are no picture: standardised by a mean and a deviation for all, or for each of them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandfulError } from '../../src/errors.js';
import { standardise } from '../../src/preprocess/standardise.js';
import { checkPreprocess } from '../../src/models/preprocessing.js';

const check = (mean: number[], std: number[], input = [3]) =>
  checkPreprocess({ kind: 'none', mean, std }, input, 'bad-argument');

describe('flat inputs', () => {
  it('one mean and deviation stand for all features', () => {
    assert.deepEqual(check([1], [2]), { kind: 'none', mean: [1], std: [2] });
  });

  it('each feature has its own, where one of both was given so', () => {
    const preprocess = check([1, 2, 3], [2]);
    assert.deepEqual(preprocess, { kind: 'none', mean: [1, 2, 3], std: [2, 2, 2] });
    assert.deepEqual([...standardise(Float32Array.of(1, 2, 3, 3, 6, 9), preprocess)], [0, 0, 0, 1, 2, 3]);
  });

  it('any other number of them is refused', () => {
    for (const [mean, std, input] of [
      [[1, 2], [1], [3]],
      [[1, 2, 3], [1, 2], [3]],
      [[1, 2, 3], [1, 0, 1], [3]],
      [[1, 2, 3], [1], [2, 2, 1]],
    ] satisfies [mean: number[], std: number[], input: number[]][])
      assert.throws(
        () => check(mean, std, input),
        (error) => error instanceof HandfulError && error.code === 'bad-argument',
      );
  });
});
