import { badModel } from '../../../common/messages.js';
import type { Layer, Spec } from '../../../types.js';
import type { ForeignModel, ForeignTensor } from '../foreign-model.js';
import type { Call } from './call.js';
import type { KerasGraph, KerasNode } from './graph.js';
import { splitHead, toTwoClasses } from './head.js';
import { readInput } from './input.js';
import { ONLY_IN_TRAINING, readLayer } from './layers.js';
import { inSeries, type Piece } from './series-parallel.js';
import { activated, type Sides } from './values.js';
import { whereOf, type WeightsOf } from './weights.js';

/**
 * A Keras model's graph and weights as handful's network.
 * @throws {HandfulError} `bad-model` naming the layer that handful has nothing for.
 */
export function translate(graph: KerasGraph, weightsOf: WeightsOf): ForeignModel {
  const tensors = new Map<string, ForeignTensor>();
  const series = inSeries(graph.output);
  const { pieces, isBinary, notes: ended } = splitHead(series);
  const { rest, shape, preprocess, isAssumed, notes } = readInput(pieces, graph.shape, weightsOf);
  const names = new Names();
  const chain = new Chain(shape, (node, shape, added, last) => ({
    node,
    config: node.config,
    where: whereOf(node),
    name: names.of(node),
    shape,
    added,
    last,
    weights: (own) => weightsOf(node, own),
    put: (parameter, tensor) => tensors.set(parameter, tensor),
  }));
  const { layers } = chain.through(rest);
  const spec: Spec = { name: graph.name.slice(0, 200), input: [...shape], layers };
  const end = layers.at(-1);
  if (end?.type !== 'dense' || end.activation)
    badModel(
      `${whereOf(graph.output)} is the last layer; handful's networks end in a dense one without an activation, but for ` +
        'a softmax or, for two classes, the sigmoid of one unit.',
    );
  const all = [...notes, ...ignored(series), ...ended];
  const foreign: ForeignModel = {
    spec,
    tensors,
    layout: 'handful',
    preprocess,
    preprocessAssumed: isAssumed,
    notes: all,
  };
  return isBinary ? toTwoClasses(foreign) : foreign;
}

/** Notes on layers that have no part in answers. */
function ignored(series: readonly Piece[]): string[] {
  const classNames = ({ node, branches = [] }: Piece): string[] => [
    ...branches.flat().flatMap(classNames),
    node.className,
  ];
  const names = new Set(series.flatMap(classNames).filter((name) => ONLY_IN_TRAINING.includes(name)));
  return names.size > 0 ? [`Left out, since handful varies samples in training itself: ${[...names].join(', ')}.`] : [];
}

type MakeCall = (node: KerasNode, shape: readonly number[], added: Sides | undefined, last: Layer | undefined) => Call;

/** Layers one after another, with what the next one is applied to. */
class Chain {
  layers: Layer[] = [];
  private added: Sides | undefined;

  constructor(
    private shape: readonly number[],
    private readonly callOf: MakeCall,
  ) {}

  through(pieces: readonly Piece[]): { layers: Layer[]; shape: readonly number[] } {
    for (const { node, branches } of pieces) {
      if (branches) this.sum(node, branches);
      else this.layer(node);
    }
    if (this.added) badModel(`A ZeroPadding2D of the model has no convolution or pool behind it, which handful needs.`);
    return { layers: this.layers, shape: this.shape };
  }

  private layer(node: KerasNode): void {
    const call = this.callOf(node, this.shape, this.added, this.layers.at(-1));
    const { layers, shape, added } = readLayer(call);
    if (this.added && layers.length === 0)
      badModel(`${call.where} follows a ZeroPadding2D; expected a convolution or a pool.`);
    const [first] = layers;
    this.layers = first?.type === 'activation' ? activated(this.layers, first) : [...this.layers, ...layers];
    this.shape = shape;
    this.added = added;
  }

  private sum(node: KerasNode, pieces: readonly (readonly Piece[])[]): void {
    const where = whereOf(node);
    if (!isSum(node)) badModel(`${where} joins branches; handful adds them, by Add.`);
    if (this.added) badModel(`${where} follows a ZeroPadding2D; expected a convolution or a pool.`);
    const branches = pieces.map((each) => new Chain(this.shape, this.callOf).through(each));
    const [shape = []] = branches.map((branch) => branch.shape);
    for (const branch of branches)
      if (String(branch.shape) !== String(shape)) badModel(`${where} adds [${branch.shape}] to [${shape}].`);
    this.layers.push(sumOf(branches.map(({ layers }) => layers)));
    this.shape = shape;
  }
}

/** Of two branches, one of which has layers, it is a residual, which is what PyTorch's networks are read as too. */
function sumOf(branches: Layer[][]): Layer {
  const [one = [], other = [], ...more] = branches;
  if (more.length > 0 || one.length + other.length === 0) return { type: 'add', branches };
  if (one.length === 0) return { type: 'residual', body: other };
  return { type: 'residual', body: one, ...(other.length > 0 && { shortcut: other }) };
}

/** TFOpLambda is what `a + b` became in Keras 2. */
function isSum({ className, config }: KerasNode): boolean {
  return className === 'Add' || (className === 'TFOpLambda' && /\badd(v2)?$|__add__$/.test(String(config.function)));
}

/** Names of layers as specs have them, each once. */
class Names {
  private readonly taken = new Set<string>();

  of({ path }: KerasNode): string {
    const clean = (text: string) => text.replace(/[^\w.-]/g, '_').slice(0, 150) || 'layer';
    const short = clean(path.at(-1) ?? '');
    const candidates = [short, clean(path.join('.'))];
    for (let count = 2; candidates.every((name) => this.taken.has(name)); count++) candidates.push(`${short}_${count}`);
    const name = candidates.find((each) => !this.taken.has(each)) ?? short;
    this.taken.add(name);
    return name;
  }
}
