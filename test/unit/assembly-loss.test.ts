// Softmax cross-entropy and its gradient in one pass, against their definition in float64.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { draws } from '../support/draws.js';
import { addTo, at } from '../support/lists.js';
import { arena } from './support/assembly.js';

function exact(logits: ArrayLike<number>, targets: ArrayLike<number>, columns: number) {
  const rows = logits.length / columns;
  let loss = 0;
  const gradient = new Float64Array(logits.length);
  for (let row = 0; row < rows; row++) {
    const own = Array.from({ length: columns }, (_, j) => at(logits, row * columns + j));
    const most = Math.max(...own);
    const sum = own.reduce((total, one) => total + Math.exp(one - most), 0);
    own.forEach((one, j) => {
      const share = at(targets, row * columns + j);
      if (share !== 0) loss += (share * (most + Math.log(sum) - one)) / rows;
      gradient[row * columns + j] = (Math.exp(one - most) / sum - share) / rows;
    });
  }
  return { loss, gradient };
}

describe('softmax cross-entropy', () => {
  for (const smoothing of [0, 0.1])
    it(`label smoothing of ${smoothing}: logits of all sizes`, () => {
      const { whole, normal } = draws(3);
      for (const columns of [1, 2, 3, 5, 10, 17])
        for (const rows of [1, 4, 7])
          for (const scale of [0.01, 1, 30, 1e4]) {
            const { put, room, run, read, check } = arena();
            const logits = normal(rows * columns).map((value) => value * scale);
            const targets = new Float32Array(rows * columns).fill(smoothing / columns);
            for (let row = 0; row < rows; row++) addTo(targets, row * columns + whole(0, columns - 1), 1 - smoothing);
            const [loss, gradient] = [room(1), room(rows * columns)];
            const inputs = { logits: put(logits), targets: put(targets) };
            run({ kernel: 'f32_softmax_cross_entropy', ...inputs, loss, gradient, rows, columns });
            const expected = exact(logits, targets, columns);
            const what = `${rows} x ${columns}, scale ${scale}`;
            assertClose(read(loss, 1), [expected.loss], 1e-6, `${what}: loss`);
            assertClose(read(gradient, rows * columns), expected.gradient, 1e-6, `${what}: gradient`);
            check();
          }
    });

  it('not a number makes the loss one, and its own row of the gradient', () => {
    const { put, room, run, read, check } = arena();
    const [loss, gradient] = [room(1), room(6)];
    const inputs = { logits: put([1, NaN, 3, 1, 2, 3]), targets: put([1, 0, 0, 0, 1, 0]) };
    run({ kernel: 'f32_softmax_cross_entropy', ...inputs, loss, gradient, rows: 2, columns: 3 });
    assert.ok(Number.isNaN(read(loss, 1)[0]));
    read(gradient, 6).forEach((value, i) => assert.equal(Number.isNaN(value), i < 3, `at ${i}`));
    check();
  });
});
