// A network's operations as steps of a PyTorch module's forward pass, images [N, C, H, W].

import type { Operation, Sides, Value } from '../../../backends/operations.js';
import type { Architecture } from '../../lowering/lower.js';
import { isOneList } from './channels.js';
import type { Step } from './forward.js';
import { isSymmetric } from './layers.js';
import type { ModuleTree } from './modules.js';
import { call, flat, number, pair, type Text } from './python.js';

type Pool = Operation & { kind: 'maxPool' | 'avgPool' };
type Unary = (x: Text) => Text;

/** What PyTorch lacks: means over windows of which some lie in padding that only one side has. */
export const AVERAGE_POOL = [
  'def average_pool(x, size, stride, padding):',
  '    """Averages windows of an image; the padding around it is part of no average."""',
  '    real = F.pad(torch.ones_like(x[:1, :1]), padding)',
  '    share = F.avg_pool2d(real, size, stride)',
  '    return F.avg_pool2d(F.pad(x, padding), size, stride) / share',
];

export function stepsOf(architecture: Architecture, modules: ModuleTree): Step[] {
  return new StepWriter(architecture, modules).steps;
}

class StepWriter {
  readonly steps: Step[] = [];
  /** Values that others stand for, since what lies between does nothing. */
  private readonly same = new Map<Value, Value>();
  /** Lists that were flattened with channels slowest, as PyTorch does it. */
  private readonly channelsFirst = new Set<Value>();

  constructor(
    private readonly architecture: Architecture,
    private readonly modules: ModuleTree,
  ) {
    for (const operation of architecture.operations) this.write(operation);
  }

  private write(operation: Operation): void {
    const { x, y, kind } = operation;
    switch (kind) {
      case 'conv2d':
      case 'depthwiseConv2d':
        return this.chain(x, y, ...padded(operation.padding), this.module(operation.weight));
      case 'dense':
        return this.chain(x, y, ...this.reordered(operation), this.module(operation.weight));
      case 'batchNorm':
        return this.add([x], y, ([a = '']) => this.module(operation.scale)(a), true);
      case 'activation':
        this.keepOrder(x, y);
        return this.add([x], y, ([a = '']) => activation(operation, a), true);
      case 'dropout':
        this.keepOrder(x, y);
        return this.chain(x, y, (a) => call('F.dropout', [a, number(operation.rate), 'self.training']));
      case 'maxPool':
      case 'avgPool':
        return this.chain(x, y, ...pool(operation));
      case 'flatten':
        return this.flatten(x, y);
      case 'add':
        return this.add([x, operation.addend], y, ([a = '', b = '']) => `${flat(a)} + ${flat(b)}`);
    }
  }

  /** Adds a step for each of several expressions, one after the other. */
  private chain(x: Value, y: Value, ...expressions: Unary[]): void {
    const last = expressions.length - 1;
    expressions.reduce((value, expression, i) => {
      const result: Value = i === last ? y : { shape: value.shape };
      this.add([value], result, ([a = '']) => expression(a));
      return result;
    }, x);
  }

  private add(reads: readonly Value[], y: Value, text: Step['text'], wraps = false): void {
    this.steps.push({ reads: reads.map((value) => this.same.get(value) ?? value), y, text, wraps });
  }

  private module(parameter: string): Unary {
    const path = this.modules.path(parameter);
    return (x) => call(path, [x]);
  }

  private keepOrder(x: Value, y: Value): void {
    if (this.channelsFirst.has(x)) this.channelsFirst.add(y);
  }

  /** Channels slowest for dense layers alone; what else takes the list has its numbers in handful's order. */
  private flatten(x: Value, y: Value): void {
    if (x.shape.length === 1) {
      this.same.set(y, this.same.get(x) ?? x);
      return;
    }
    const isFirst = this.feedsDenseAlone(y, x.shape);
    if (isFirst) this.channelsFirst.add(y);
    const order = isFirst || isOneList(x.shape) ? '' : '.permute(0, 2, 3, 1)';
    this.chain(x, y, (a) => `${flat(a)}${order}.flatten(1)`);
  }

  private feedsDenseAlone(list: Value, image: readonly number[]): boolean {
    return this.architecture.operations
      .filter((each) => each.x === list || (each.kind === 'add' && each.addend === list))
      .every((each) => {
        if (each.kind === 'dense') return String(this.flattened(each.weight)) === String(image);
        return (each.kind === 'activation' || each.kind === 'dropout') && this.feedsDenseAlone(each.y, image);
      });
  }

  /** A list with channels fastest as a dense layer takes it whose columns have them slowest. */
  private reordered({ x, weight }: Operation & { kind: 'dense' }): Unary[] {
    const image = this.flattened(weight);
    if (!image || isOneList(image) || this.channelsFirst.has(x)) return [];
    return [(a) => `${flat(a)}.unflatten(1, (${image.join(', ')})).permute(0, 3, 1, 2).flatten(1)`];
  }

  private flattened(weight: string): readonly number[] | undefined {
    return this.architecture.parameters.find(({ name }) => name === weight)?.flattened;
  }
}

function activation({ activation, slope = 0.01 }: Operation & { kind: 'activation' }, x: Text): Text {
  switch (activation) {
    case 'relu':
    case 'gelu':
    case 'silu':
      return call(`F.${activation}`, [x]);
    case 'sigmoid':
    case 'tanh':
      return call(`torch.${activation}`, [x]);
    case 'leakyRelu':
      return call('F.leaky_relu', [x, number(slope)]);
    case 'geluTanh':
      return call('F.gelu', [x], { approximate: '"tanh"' });
  }
}

/** Zeros around an image, where PyTorch's layers cannot add them: other ones on each side. */
function padded(padding: Sides): Unary[] {
  return isSymmetric(padding) ? [] : [(x) => call('F.pad', [x, sides(padding)])];
}

/** As `F.pad` takes them: the last axis first. */
function sides([top, bottom, left, right]: Sides): string {
  return `(${left}, ${right}, ${top}, ${bottom})`;
}

function pool({ kind, window, stride, padding, x: { shape } }: Pool): Unary[] {
  const [size, steps] = [pair(window), pair(stride)];
  const isWhole = window[0] === shape[0] && window[1] === shape[1];
  const isPadded = padding.some((side) => side > 0);
  if (kind === 'avgPool' && isWhole && !isPadded) return [(x) => call('F.adaptive_avg_pool2d', [x, '1'])];
  // PyTorch's own padding reaches half a window at most.
  const [top, , left] = padding;
  const isOwn = isSymmetric(padding) && 2 * top <= window[0] && 2 * left <= window[1];
  const keywords = {
    stride: steps === size ? undefined : steps,
    padding: isPadded && isOwn ? pair([top, left]) : undefined,
  };
  if (kind === 'maxPool') {
    const largest: Unary = (x) => call('F.max_pool2d', [x, size], keywords);
    return isOwn ? [largest] : [(x) => call('F.pad', [x, sides(padding)], { value: '-torch.inf' }), largest];
  }
  if (!isOwn) return [(x) => call('average_pool', [x, size, steps, sides(padding)])];
  return [(x) => call('F.avg_pool2d', [x, size], { ...keywords, ...(isPadded && { count_include_pad: 'False' }) })];
}
