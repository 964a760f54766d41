import { kernel } from '../kernel.js';
import type { ArgumentKind, Kernel } from '../kernel.js';
import { lossRow } from './loss.js';

// The dense layers at a network's end, for small ones: a workgroup takes one example through all of them, through the
// loss, and back to the gradient of the first one's input. Between layers it meets at a barrier, where else each would be
// a dispatch of its own.

const FUNCTIONS = `
fn stack_forward(x: u32, weight: u32, bias: u32, y: u32, inputs: u32, units: u32, relu: u32, lane: u32) {
  for (var j = lane; j < units; j += 64u) {
    var z = 0f;
    for (var i = 0u; i < inputs; i++) { z += A[x + i] * W[weight + i * units + j]; }
    if (bias != NONE) { z += W[bias + j]; }
    if (relu != 0u) { z = rectified(z); }
    A[y + j] = z;
  }
  storageBarrier();
}
fn stack_backward(dy: u32, weight: u32, mask: u32, dx: u32, inputs: u32, units: u32, lane: u32) {
  for (var i = lane; i < inputs; i += 64u) {
    var z = 0f;
    for (var j = 0u; j < units; j++) { z += A[dy + j] * W[weight + i * units + j]; }
    A[dx + i] = masked(z, mask, i);
  }
  storageBarrier();
}
fn of_example(at: u32, n: u32, size: u32) -> u32 { return select(at + n * size, NONE, at == NONE); }
`;

/** Names of what each layer of a stack takes besides its input. */
type LayerArgument = 'weight' | 'bias' | 'y' | 'width' | 'relu' | 'dx' | 'mask';

const LAYER: Readonly<Record<LayerArgument, ArgumentKind>> = {
  weight: 'parameter',
  bias: 'parameter',
  y: 'write',
  width: 'u32',
  relu: 'u32',
  dx: 'write',
  mask: 'read',
};

/** A kernel for stacks of so many layers, `layer 0` the first; its arguments are those of each layer with its number. */
export function stackOf(layers: number, isTraining: boolean): Kernel {
  const numbers = Array.from({ length: layers }, (_, i) => i);
  const name = `stack_${layers}${isTraining ? '_training' : ''}`;
  const width = (i: number) => (i < 0 ? 'a.inputs' : `a.width${i}`);
  const at = (argument: string, size: string) => `of_example(a.${argument}, n, ${size})`;
  const input = (i: number) => (i === 0 ? at('x', 'a.inputs') : at(`y${i - 1}`, width(i - 1)));
  const last = layers - 1;
  const forward = numbers.map(
    (i) =>
      `  stack_forward(${input(i)}, a.weight${i}, a.bias${i}, ${at(`y${i}`, width(i))}, ${width(i - 1)}, ${width(i)}, a.relu${i}, lane);`,
  );
  const backward = numbers.toReversed().map((i) => {
    const dy = at(i === last ? 'dy' : `dx${i + 1}`, width(i));
    const target = `${at(`mask${i}`, width(i - 1))}, ${at(`dx${i}`, width(i - 1))}`;
    const call = `stack_backward(${dy}, a.weight${i}, ${target}, ${width(i - 1)}, ${width(i)}, lane);`;
    return i === 0 ? `  if (a.dx0 != NONE) { ${call} }` : `  ${call}`;
  });
  const loss = `  if (lane == 0u) {
    loss_row(a.kind, ${at(`y${last}`, width(last))}, ${at('targets', width(last))}, ${at('dy', width(last))}, a.rows + 2u * n, ${width(last)}, a.batch);
  }
  storageBarrier();`;
  return kernel({
    name,
    signature: {
      ...{ x: 'read', inputs: 'u32' },
      ...Object.fromEntries(numbers.flatMap((i) => Object.entries(LAYER).map(([key, kind]) => [`${key}${i}`, kind]))),
      ...(isTraining && { targets: 'read', dy: 'write', rows: 'write', batch: 'u32', kind: 'u32' }),
    },
    uses: [FUNCTIONS, ...(isTraining ? [lossRow] : [])],
    body: `
  let n = group;
${[...forward, ...(isTraining ? [loss, ...backward] : [])].join('\n')}`,
  });
}
