import { sizeOf } from '../../common/shapes.js';
import { fuse, fuseLoss, inputsOf } from '../fusion.js';
import type { FusedOperation } from '../fusion.js';
import { lossOperations } from '../losses.js';
import type { Segment, Value } from '../operations.js';
import type { LossName } from '../../types.js';
import { backward } from './backward.js';
import type { Forward, Schedule, VirtualBuffer } from './steps.js';

/** Inference: what each operation yields, one after the other. */
export function scheduleInference(part: Segment): Schedule {
  const { steps, bufferOf } = forwardSteps(part, false);
  return { steps, inputs: { x: bufferOf(part.input) }, outputs: { y: bufferOf(part.output) } };
}

/** A training step: forward, loss, backward and update. The gradient by the segment's input is not asked for. */
export function scheduleTraining(part: Segment, lossName: LossName): Schedule<'x' | 'targets', 'y' | 'loss'> {
  const { steps, bufferOf } = forwardSteps(part, true);
  const [x, y] = [bufferOf(part.input), bufferOf(part.output)];
  const operation = fuseLoss(lossOperations(lossName, part.output));
  const targets = buffer('targets', y.size);
  const loss = buffer('loss', 1, { isFixed: true });
  const dy = buffer(`d ${y.name}`, y.size);
  const { steps: after } = backward(steps, y, dy, { isWanted: learning(steps) });
  return {
    steps: [...steps, { pass: 'loss', operation, output: y, targets, loss, dy }, ...after, { pass: 'update' }],
    inputs: { x, targets },
    outputs: { y, loss },
  };
}

/** Forward and backward alone, from a gradient of the output that is given to those of the parameters and of the input. */
export function scheduleGradients(part: Segment): Schedule<'x' | 'dy', 'y' | 'dx'> {
  const { steps, bufferOf } = forwardSteps(part, true);
  const [x, y] = [bufferOf(part.input), bufferOf(part.output)];
  const dy = buffer(`d ${y.name}`, y.size);
  const { steps: after, dx = dy } = backward(steps, y, dy, { isWanted: () => true, result: x });
  return { steps: [...steps, ...after], inputs: { x, dy }, outputs: { y, dx } };
}

function forwardSteps(part: Segment, isTraining: boolean) {
  const buffers = new Map<Value, VirtualBuffer>([[part.input, buffer('input', sizeOf(part.input.shape))]]);
  const bufferOf = (value: Value): VirtualBuffer => {
    const found = buffers.get(value);
    if (!found) throw new Error('An operation reads what no operation before it yields.');
    return found;
  };
  const steps: Forward[] = [];
  for (const operation of fuse(part)) {
    const [x, addend] = inputsOf(operation).map(bufferOf) as [VirtualBuffer, VirtualBuffer?];
    if (operation.kind === 'flatten' || (operation.kind === 'dropout' && !isTraining)) {
      buffers.set(operation.y, x);
      continue;
    }
    const y = buffer(operation.name, sizeOf(operation.y.shape), { isRectified: leavesMask(operation) });
    buffers.set(operation.y, y);
    steps.push({ pass: 'forward', operation, x, addend, y, saved: isTraining ? savedOf(operation) : [] });
  }
  return { steps, bufferOf };
}

/** Batch norm and pooled convolutions recover ReLU's mask themselves, from y and from argmax. */
function leavesMask(operation: FusedOperation): boolean {
  return 'relu' in operation && operation.relu && operation.kind !== 'batchNorm' && operation.kind !== 'conv2dMaxPool';
}

/** Pooled convolutions keep where each maximum was; batch norm the batch's means and inverse deviations. */
function savedOf({ kind, name, x, y }: FusedOperation): VirtualBuffer[] {
  if (kind === 'conv2dMaxPool') return [buffer(`argmax ${name}`, sizeOf(y.shape), { type: 'int32' })];
  if (kind !== 'batchNorm') return [];
  const channels = x.shape.at(-1) ?? 0;
  return ['mean', 'inverse deviation'].map((what) => buffer(`${what} ${name}`, channels, { isFixed: true }));
}

/** Tells of a buffer whether anything before it learns. */
function learning(steps: readonly Forward[]): (buffer: VirtualBuffer) => boolean {
  const learns = new Set<VirtualBuffer>();
  for (const { operation, x, addend, y } of steps)
    if ('weight' in operation || 'scale' in operation || learns.has(x) || (addend && learns.has(addend))) learns.add(y);
  return (one) => learns.has(one);
}

/** A new virtual buffer. */
function buffer(name: string, size: number, rest: Partial<VirtualBuffer> = {}): VirtualBuffer {
  return { name, size, isFixed: false, type: 'float32', isRectified: false, ...rest };
}
