import type { Emitters } from '../../../schedule/emitters.js';
import type { ProgramBuilder } from '../program-builder.js';
import { batchNorm } from './batch-norm.js';
import { conv2d, conv2dMaxPool } from './convolution.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwise.js';
import { dropout } from './dropout.js';
import { activation, add, mask, sum } from './elementwise.js';
import { losses } from './loss.js';
import { avgPool, maxPool } from './pool.js';
import { update } from './update.js';
import type { Learning } from './update.js';

/** How this engine writes each step; schedules that update parameters need `learning`. */
export function emitters(learning?: Learning): Emitters<ProgramBuilder> {
  return {
    operations: {
      activation,
      add,
      avgPool,
      batchNorm,
      conv2d,
      conv2dMaxPool,
      dense,
      depthwiseConv2d,
      dropout,
      maxPool,
    },
    losses,
    mask,
    sum,
    update(to) {
      if (!learning) throw new Error('A schedule that updates parameters needs an optimizer.');
      update(to, learning);
    },
  };
}
