import type { OptimizerName } from '../../../../types.js';
import { OPTIMIZERS } from '../../../optimizers.js';
import type { LearnerOptions } from '../../../executor.js';
import { kernel } from '../kernel.js';

/** WGSL of an array of state at the parameter's place; undefined if the optimizer keeps none of that name. */
type State = (name: string) => string | undefined;

const momentum = (m: string) => `${m} = h(2u) * ${m} + g;`;

const adam = (m: string, v: string) => `
    ${m} = h(3u) * ${m} + h(4u) * g;
    ${v} = h(5u) * ${v} + h(6u) * g * g;
    let s = ${m} / h(7u) / (sqrt(${v}) / h(8u) + h(2u));`;

/**
 * PyTorch's formulas: how `w` moves along `g`, the gradient with weight decay. `h(i)` is what the rule in
 * backends/optimizers.ts says for the step, after the rate and the weight decay.
 */
const FORMULAS: { readonly [name in OptimizerName]: (state: State) => string } = {
  sgd: () => 'w -= h(0u) * g;',
  momentum: (state) => `${momentum(`${state('m')}`)} w -= h(0u) * ${state('m')};`,
  nesterov: (state) => `${momentum(`${state('m')}`)} w -= h(0u) * (g + h(2u) * ${state('m')});`,
  rmsprop: (state) => {
    const [v, m, mean] = [state('v'), state('m'), state('mean')];
    return `
    ${v} = h(3u) * ${v} + h(4u) * g * g;
    var spread = ${v};
    ${mean ? `${mean} = h(3u) * ${mean} + h(4u) * g; spread -= ${mean} * ${mean};` : ''}
    var s = g / (sqrt(spread) + h(2u));
    ${m ? `s += h(5u) * ${m}; ${m} = s;` : ''}
    w -= h(0u) * s;`;
  },
  adagrad: (state) => `${state('v')} += g * g; w -= h(0u) * g / (sqrt(${state('v')}) + h(2u));`,
  adadelta: (state) => `
    ${state('v')} = h(3u) * ${state('v')} + h(4u) * g * g;
    let s = sqrt(${state('u')} + h(2u)) / sqrt(${state('v')} + h(2u)) * g;
    ${state('u')} = h(3u) * ${state('u')} + h(4u) * s * s;
    w -= h(0u) * s;`,
  adam: (state) => `${adam(`${state('m')}`, `${state('v')}`)}
    w -= h(0u) * s;`,
  adamw: (state) => `${adam(`${state('m')}`, `${state('v')}`)}
    w -= h(0u) * (h(1u) * w + s);`, // Loshchilov and Hutter 2017
};

/** Moves parameters along their gradients, each the sum of `parts` arrays, `stride` numbers apart. */
export function updateBy(options: LearnerOptions) {
  const { optimizer } = options;
  const arrays = OPTIMIZERS[optimizer](options).state;
  const state: State = (name) => (arrays.includes(name) ? `S${arrays.indexOf(name)}[k]` : undefined);
  const name = ['update', optimizer, ...arrays].join('_');
  return kernel({
    name,
    signature: { w: 'changed', g: 'read', parts: 'u32', stride: 'u32', count: 'u32' },
    uses: ['fn h(i: u32) -> f32 { return now.hyper[i / 4u][i % 4u]; }'],
    body: `
  let end = min(a.count, (group + 1u) * ${UPDATED_AT_ONCE}u);
  for (var i = group * ${UPDATED_AT_ONCE}u + lane; i < end; i += 64u) {
    var g = 0f;
    for (var part = 0u; part < a.parts; part++) { g += A[a.g + part * a.stride + i]; }
    let k = a.w + i;
    var w = W[k];
    ${optimizer === 'adamw' ? '' : 'g += h(1u) * w;'}
    ${FORMULAS[optimizer](state)}
    W[k] = w;
  }`,
  });
}

/** Parameters that a workgroup moves. */
export const UPDATED_AT_ONCE = 256;
