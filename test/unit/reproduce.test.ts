// What `npm run reproduce` computes by itself: charts, pictures, splits, and what the engine is compared with.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePng } from '../../scripts/data/png.mjs';
import { chart, decisionSurface, ticks } from '../../scripts/reproduce/charts.mjs';
import { page } from '../../scripts/reproduce/page.mjs';
import { encodePng, firstLayer, grid } from '../../scripts/reproduce/pictures.mjs';
import { descend, leastSquares } from '../../scripts/reproduce/reference.mjs';
import { frame, standardised, statisticsOf } from '../../scripts/reproduce/values.mjs';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { addTo, at } from '../support/lists.js';
import { lower } from '../../src/models/lowering/lower.js';
import { finiteDifferences, forward } from '../support/oracle.js';
import { mlp } from '../../src/models/zoo.js';

describe('charts', () => {
  it('ticks are round numbers within the range', () => {
    assert.deepEqual(ticks(0, 1), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
    assert.deepEqual(ticks(1, 11), [2, 4, 6, 8, 10]);
    for (const [low, high] of [
      [0.12, 9.7],
      [88, 92.6],
      [-3e-5, 4e-5],
      [0, 12345],
    ] as const) {
      const found = ticks(low, high);
      assert.ok(found.length >= 2 && found.length <= 6, `${found}`);
      assert.ok(
        found.every((tick) => tick >= low && tick <= high),
        `${found}`,
      );
    }
  });

  it('lines run from the first point to the last, and names are escaped', () => {
    const points: [number, number][] = [
      [0, 0],
      [5, 1],
      [10, 0],
    ];
    const svg = chart([{ title: 'a < b', lines: [{ name: 'one', points }] }]);
    assert.match(svg, /^<svg [^>]*viewBox="0 0 320 200"/);
    assert.match(svg, /M44 176L176 24L308 176/);
    assert.match(svg, /a &#60; b/);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });

  it('a line that is level and one of a single point are drawn too', () => {
    const level: [number, number][] = [
      [1, 5],
      [2, 5],
    ];
    const lines = [level.slice(0, 1), level].map((points) => ({ name: '', points }));
    const svg = chart([{ title: '', lines }]);
    assert.match(svg, /<circle/);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });

  it('a surface has as many dots as points, and merges equal neighbours', () => {
    const probabilities = Float32Array.of(0, 0, 1, 1, 1, 1, 0, 0, 0);
    const svg = decisionSurface({ probabilities, side: 3, range: [0, 1], points: [0, 0, 1, 1], classes: [0, 1] });
    assert.equal(svg.match(/<circle/g)?.length, 2);
    assert.equal(svg.match(/z" fill/g)?.length, 4); // 0 0|1, 1 1 1, 0 0 0
  });
});

describe('pictures', () => {
  it('a PNG comes back as it was', () => {
    const { whole } = draws(1);
    for (const [width, height, channels] of [
      [5, 3, 1],
      [4, 4, 3],
    ] as const) {
      const data = Uint8Array.from({ length: width * height * channels }, () => whole(0, 255));
      const found = decodePng(encodePng(data, width, channels));
      assert.deepEqual([found.width, found.height, found.channels], [width, height, channels]);
      assert.deepEqual([...found.data], [...data]);
    }
  });

  it("a PNG's checksums are those of the standard", () => {
    const png = encodePng(Uint8Array.of(0), 1, 1);
    assert.equal(png.subarray(-12).toString('hex'), '0000000049454e44ae426082'); // every PNG ends so
  });

  it('a grid lays pictures side by side, each over the whole range', () => {
    const found = decodePng(grid([Float32Array.of(0, 1), Float32Array.of(7, 5)], [1, 2, 1], { columns: 2, scale: 1 }));
    assert.deepEqual([found.width, found.height], [8, 3]);
    assert.deepEqual([...found.data.subarray(8, 16)], [255, 0, 255, 255, 255, 255, 0, 255]);
  });

  it('the first layer as a picture a unit', () => {
    const { pictures, shape } = firstLayer({ shape: [4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }, [2, 2, 1]);
    const values = pictures.map((one) => [...one]);
    assert.deepEqual(values, [
      [1, 3, 5, 7],
      [2, 4, 6, 8],
    ]);
    assert.deepEqual(shape, [2, 2, 1]);
  });
});

describe('values', () => {
  it('each feature gets the mean 0 and the deviation 1; one that never changes is left at 0', () => {
    const values = [1, 5, 10, 3, 5, 40];
    const statistics = statisticsOf(values, 3);
    assert.deepEqual(statistics, { mean: [2, 5, 25], std: [1, 1, 15] });
    assert.deepEqual([...standardised(values, statistics)], [-1, 0, -1, 1, 0, 1]);
  });

  it('a frame goes around each picture', () => {
    const framed = frame(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2, 1, 9);
    assert.deepEqual([...framed.subarray(16)], [9, 9, 9, 9, 9, 5, 6, 9, 9, 7, 8, 9, 9, 9, 9, 9]);
    assert.deepEqual([...framed.subarray(4, 12)], [9, 1, 2, 9, 9, 3, 4, 9]);
  });
});

describe('references', () => {
  it('least squares finds the plane that points lie on', () => {
    const { normal } = draws(2);
    const x = normal(30);
    const y = Array.from({ length: 10 }, (_, n) => 2 * at(x, 3 * n) - at(x, 3 * n + 1) + 0.5 * at(x, 3 * n + 2) + 4);
    assertClose(leastSquares(x, y), [2, -1, 0.5, 4], 1e-6, 'weights and bias');
  });

  it('gradient descent follows the slope of the loss', () => {
    const { normal } = draws(3);
    const [inputs, truth] = [normal(8), normal(8)];
    const shapes = {
      'linears.0.weight': [2, 3],
      'linears.0.bias': [3],
      'linears.1.weight': [3, 2],
      'linears.1.bias': [2],
    };
    const entries = Object.entries(shapes).map(([name, shape]) => {
      return { name, shape, data: normal(shape.reduce((a, b) => a * b)) };
    });
    const values = new Map(entries.map(({ name, data }) => [name, Float64Array.from(data)]));
    const x = Float64Array.from(inputs);
    const loss = () =>
      forward(lower(mlp([2, 3, 2])), values, x, true).reduce((sum, y, i) => sum + (y - at(truth, i)) ** 2, 0) /
      truth.length;
    const expected = Array.from({ length: 3 }, () => {
      const before = loss();
      const gradients = [...values].map(([name, at]) => [name, finiteDifferences(loss, at)] as const);
      for (const [name, gradient] of gradients) gradient.forEach((one, i) => addTo(values.get(name)!, i, -0.1 * one));
      return before;
    });
    assertClose(descend(entries, inputs, truth, 0.1, 3), expected, 1e-6, 'losses');
  });
});

describe('the page', () => {
  it('lists rows with and without results', () => {
    const row = {
      id: 'a',
      title: 'A',
      data: 'D',
      recipe: 'R',
      theirs: '1 %',
      why: 'Because.',
      run: () => Promise.reject(new Error('This row does not run.')),
    };
    const rows = [row, { ...row, id: 'b' }];
    const text = page(rows, {
      a: { ours: '0 %', reached: false, seeds: '1, 2', seconds: 3, pictures: ['curves.svg'] },
    });
    assert.match(text, /\| `a` \| D \| A \| R \| 1 % \| 0 % \| \*\*no\*\* \| 1, 2 \| 3 \|/);
    assert.match(text, /\| `b` \| D \| A \| R \| 1 % \| not yet run \|/);
    assert.match(text, /Because\. Pictures are of seed 1\.\n\n!\[Loss and accuracy\]\(reproduction\/a-curves\.svg\)/);
  });
});
