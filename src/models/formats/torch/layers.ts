import type { Operation, Sides } from '../../../backends/operations.js';
import { call, number, pair, type Call } from './python.js';

/** An operation that has parameters, and so a module of PyTorch's. */
export type Weighted = Extract<Operation, { kind: 'conv2d' | 'depthwiseConv2d' | 'dense' | 'batchNorm' }>;

export function isWeighted(operation: Operation): operation is Weighted {
  return ['conv2d', 'depthwiseConv2d', 'dense', 'batchNorm'].includes(operation.kind);
}

/** Whether PyTorch's layers can add it themselves. */
export function isSymmetric([top, bottom, left, right]: Sides): boolean {
  return top === bottom && left === right;
}

/** What makes the module; arguments that are PyTorch's defaults are left out. */
export function moduleOf(operation: Weighted): Call {
  const inputs = operation.x.shape.at(-1) ?? 0;
  const outputs = operation.y.shape.at(-1) ?? 0;
  if (operation.kind === 'batchNorm') {
    const { epsilon, momentum, x } = operation;
    const eps = Number(epsilon) === 1e-5 ? undefined : number(epsilon);
    const newest = Number(momentum) === 0.1 ? undefined : number(momentum);
    return call(`nn.BatchNorm${x.shape.length === 3 ? 2 : 1}d`, [String(inputs)], { eps, momentum: newest });
  }
  const bias = operation.bias === undefined ? 'False' : undefined;
  const sizes = [String(inputs), String(outputs)];
  if (operation.kind === 'dense') return call('nn.Linear', sizes, { bias });
  const { kernel, stride, padding, kind } = operation;
  const [top, , left] = padding;
  const isOwn = isSymmetric(padding) && top + left > 0;
  return call('nn.Conv2d', [...sizes, String(kernel)], {
    stride: stride === 1 ? undefined : String(stride),
    padding: isOwn ? pair([top, left]) : undefined,
    groups: kind === 'depthwiseConv2d' && inputs > 1 ? String(inputs) : undefined,
    bias,
  });
}
