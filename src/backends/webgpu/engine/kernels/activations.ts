import type { SigmoidOrTanh } from '../../../fusion.js';
import { elementwise } from './elementwise.js';

/** WGSL: y of `x`, and the slope at y. */
interface Formula {
  readonly y: string;
  readonly slope: string;
}

/** tanh by the exponential of what is not above 0: some drivers' own overflows. */
const FORMULAS: { readonly [name in SigmoidOrTanh['activation']]: Formula } = {
  sigmoid: { y: '1f / (1f + exp(-x))', slope: 'y * (1f - y)' },
  tanh: { y: 'sign(x) * tanh(min(abs(x), 20f))', slope: '1f - y * y' },
};

/** y = activation of x. */
export const activation = (name: SigmoidOrTanh['activation']) =>
  elementwise(`activation_${name}`, { x: 'read', y: 'write' }, `let x = A[a.x + i]; A[a.y + i] = ${FORMULAS[name].y};`);

/** dx = dy · slope, masked. */
export const activationGradient = (name: SigmoidOrTanh['activation']) =>
  elementwise(
    `activation_gradient_${name}`,
    { y: 'read', dy: 'read', mask: 'read', dx: 'write' },
    `let y = A[a.y + i];
    var z = A[a.dy + i] * (${FORMULAS[name].slope});
    if (a.mask != NONE) { z = select(0f, z, A[a.mask + i] > 0f); }
    A[a.dx + i] = z;`,
  );
