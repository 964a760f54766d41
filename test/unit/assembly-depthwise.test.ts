// Depthwise convolutions and their gradients against their definition in float64: any padding, stride and multiplier.

import { describe, it } from 'node:test';
import { assertClose } from '../support/close.js';
import { convolutionOf, inputSize, outputSize } from '../support/convolution.js';
import type { Convolution } from '../support/convolution.js';
import { draws } from '../support/draws.js';
import type { Draws } from '../support/draws.js';
import { addTo, at } from '../support/lists.js';
import { VARIANTS, arena } from './support/assembly.js';

/** Calls `visit` for every product, with the flat index of its three factors. */
function eachProduct(one: Convolution, visit: (x: number, filter: number, y: number) => void): void {
  const { batch, height, width, inChannels, outChannels, kernelH, kernelW, strideH, strideW, top, left } = one;
  const multiplier = outChannels / inChannels;
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < one.outH; oy++)
      for (let ox = 0; ox < one.outW; ox++)
        for (let tap = 0; tap < kernelH * kernelW; tap++) {
          const y = oy * strideH + Math.floor(tap / kernelW) - top;
          const x = ox * strideW + (tap % kernelW) - left;
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          for (let o = 0; o < outChannels; o++)
            visit(
              ((n * height + y) * width + x) * inChannels + Math.floor(o / multiplier),
              tap * outChannels + o,
              ((n * one.outH + oy) * one.outW + ox) * outChannels + o,
            );
        }
}

function randomCase({ whole, pick }: Draws): Convolution {
  const kernel: [number, number] = [whole(1, 5), whole(1, 5)];
  const [channels, side] = [pick([1, 2, 3, 4, 5, 8, 12, 13, 16]), () => whole(5, 9)];
  return convolutionOf({
    ...{ batch: whole(1, 3), height: side(), width: side(), inChannels: channels },
    ...{ outChannels: channels * pick([1, 1, 1, 2, 3, 4]), kernel, stride: [whole(1, 3), whole(1, 3)] },
    pad: pick(['valid', 'same', [whole(0, kernel[0] - 1), whole(0, kernel[0] - 1), 0, whole(0, kernel[1] - 1)]]),
  });
}

describe('depthwise convolutions', () => {
  for (const variant of VARIANTS)
    for (let seed = 1; seed <= 40; seed++)
      it(`and gradients, ${variant}, seed ${seed}`, () => {
        const from = draws(seed);
        const one = randomCase(from);
        const { outChannels } = one;
        const size = one.kernelH * one.kernelW * outChannels;
        const [x, w, dy] = [from.normal(inputSize(one)), from.normal(size), from.normal(outputSize(one))];
        const bias = from.normal(outChannels);
        const [relu, biased] = [from.uniform() < 0.5, from.uniform() < 0.5];
        const [y, dw, db, dx] = [dy, w, bias, x].map(({ length }) => new Float64Array(length)) as Float64Array[] &
          [Float64Array, Float64Array, Float64Array, Float64Array];
        eachProduct(one, (i, j, k) => {
          addTo(y, k, at(x, i) * at(w, j));
          addTo(dw, j, at(x, i) * at(dy, k));
          addTo(dx, i, at(dy, k) * at(w, j));
        });
        dy.forEach((value, k) => addTo(db, k % outChannels, value));
        const expected = y.map((value, k) => value + (biased ? at(bias, k % outChannels) : 0));

        const { put, room, geometry, run, read, check } = arena(variant);
        const rest = { batch: one.batch, geometry: geometry(one) };
        const [filter, above, image] = [put(w), put(dy), put(x)];
        const to = { y: room(dy.length), dw: room(size), db: room(outChannels), dx: room(x.length) };
        const addresses = { x: image, filter, bias: biased ? put(bias) : 0, y: to.y };
        run({ kernel: 'f32_depthwise_conv2d', ...addresses, ...rest, relu });
        const gradients = { dw: to.dw, db: biased ? to.db : 0 };
        run({ kernel: 'f32_depthwise_conv2d_filter_gradient', x: image, dy: above, ...gradients, ...rest });
        run({ kernel: 'f32_depthwise_conv2d_input_gradient', dy: above, filter, dx: to.dx, ...rest });
        const what = JSON.stringify(one);
        const rectified = expected.map((value) => (relu ? Math.max(0, value) : value));
        assertClose(read(to.y, dy.length), rectified, 1e-6, `${what}: y`);
        assertClose(read(to.dw, size), dw, 2e-6, `${what}: dw`);
        assertClose(read(to.dx, x.length), dx, 1e-6, `${what}: dx`);
        if (biased) assertClose(read(to.db, outChannels), db, 2e-6, `${what}: db`);
        check();
      });
});
