import type { Forward, Gradient, LossStep, Step } from '../../../schedule/steps.js';
import { LOSSES } from '../kernels/loss.js';
import { stackOf } from '../kernels/stack.js';
import type { ProgramBuilder } from '../program-builder.js';
import { sizesOf } from './dense.js';
import { rowsOf, summarise } from './loss.js';

/** Dense layers one after the other, up to the network's end; in training with the loss and all their inputs' gradients. */
export interface Stack {
  readonly pass: 'stack';
  readonly layers: readonly Forward<'dense'>[];
  readonly loss: LossStep | undefined;
  /** Of each layer, the first one first; the first one's may not be wanted. */
  readonly gradients: readonly (Gradient<'dense'> | undefined)[];
}

// One workgroup reads all weights for each example, so there should not be more than a cache holds.
const MOST_WEIGHTS = 1 << 17;
const MOST_LAYERS = 6;
// Of many examples a matrix product reads weights less often.
const MOST_EXAMPLES = 32;

/** The steps, with the dense layers at the end as one. */
export function stacked(steps: readonly Step[], batch: number): (Step | Stack)[] {
  if (batch > MOST_EXAMPLES) return [...steps];
  const end = steps.findLastIndex(({ pass }) => pass === 'forward') + 1;
  const layers: Forward<'dense'>[] = [];
  let weights = 0;
  for (const step of steps.slice(0, end).toReversed()) {
    if (step.pass !== 'forward' || !isDense(step)) break;
    const { inputs, units } = sizesOf(step.operation);
    weights += inputs * units;
    if (weights > MOST_WEIGHTS || layers.length === MOST_LAYERS) break;
    if (layers[0] && layers[0].x !== step.y) break;
    layers.unshift(step);
  }
  if (layers.length === 0) return [...steps];
  const loss = steps.find((step) => step.pass === 'loss');
  const gradients = layers.map(({ operation }) =>
    steps.find((step): step is Gradient<'dense'> => step.pass === 'gradient' && step.operation === operation),
  );
  const stack: Stack = { pass: 'stack', layers, loss, gradients: loss ? gradients : [] };
  if (loss && !isChain(stack)) return [...steps];
  const own = new Set<unknown>([...layers, ...(loss ? [loss, ...gradients] : [])]);
  const rest = steps.filter((step) => !own.has(step));
  const before = end - layers.length;
  return [...rest.slice(0, before), stack, ...rest.slice(before)];
}

const isDense = (step: Forward): step is Forward<'dense'> => step.operation.kind === 'dense';

/** Whether each gradient is made of the next layer's alone. */
function isChain({ layers, loss, gradients }: Stack): boolean {
  return layers.every((_, i) => {
    const next = i === layers.length - 1 ? loss?.dy : gradients[i + 1]?.dx.buffer;
    const own = gradients[i];
    return own ? own.dy === next : i === 0;
  });
}

/** Writes a stack as one call, a workgroup an example. */
export function emitStack(to: ProgramBuilder, { layers, loss, gradients }: Stack): void {
  const [first] = layers;
  if (!first) return;
  const own = layers.flatMap(({ operation, y }, i) => {
    const { weight, bias, relu } = operation;
    const dx = gradients[i]?.dx;
    const args = { weight, bias, y, width: sizesOf(operation).units, relu, dx: dx?.buffer, mask: dx?.mask };
    return Object.entries(args).map(([name, value]) => [`${name}${i}`, value] as const);
  });
  const rows = rowsOf(to);
  const ofLoss = loss && {
    targets: loss.targets,
    dy: loss.dy,
    rows,
    batch: to.batch,
    kind: LOSSES[loss.operation.kind],
  };
  const { inputs } = sizesOf(first.operation);
  to.call(
    stackOf(layers.length, Boolean(loss)),
    { x: first.x, inputs, ...Object.fromEntries(own), ...ofLoss },
    to.batch,
  );
  if (loss) summarise(to, loss, rows);
}
