import { badModel, quote } from '../../../common/messages.js';
import type { KerasNode } from './graph.js';

/** A layer after the one before it, or the sum of branches, all of which take what the one before it yields. */
export type Piece = { node: KerasNode; branches?: undefined } | { node: KerasNode; branches: Piece[][] };

/**
 * The way from the input to `output`, as layers one after another with branches that part and meet again in one layer.
 * @throws {HandfulError} `bad-model` for a graph that is none of these.
 */
export function inSeries(output: KerasNode): Piece[] {
  const dominators = dominatorsOf(output);
  const [input] = dominators.keys();
  const seen = new Set<KerasNode>();
  const between = (from: KerasNode, to: KerasNode): Piece[] => {
    const pieces: Piece[] = [];
    for (let at = to; at !== from;) {
      if (seen.has(at))
        badModel(
          `The branches of the model cross at the layer ${quote(at.path.join('/'))} (${at.className}); handful reads ` +
            'branches that part at one layer and meet at another.',
        );
      seen.add(at);
      const fork = dominators.get(at)?.above ?? badModel('The model has several inputs.');
      if (at.inputs.length > 1) pieces.push({ node: at, branches: at.inputs.map((each) => between(fork, each)) });
      else pieces.push({ node: at });
      at = fork;
    }
    return pieces.reverse();
  };
  return input ? between(input, output) : [];
}

interface Dominator {
  /** The last layer through which all ways to this one go. */
  above: KerasNode | undefined;
  depth: number;
}

/** In the order of the graph, the input first. */
function dominatorsOf(output: KerasNode): Map<KerasNode, Dominator> {
  const found = new Map<KerasNode, Dominator>();
  for (const node of inOrder(output)) {
    const above = node.inputs.reduce<KerasNode | undefined>(
      (one, other) => (one ? common(one, other, found) : other),
      undefined,
    );
    found.set(node, { above, depth: above ? (found.get(above)?.depth ?? 0) + 1 : 0 });
  }
  return found;
}

function common(one: KerasNode, other: KerasNode, found: ReadonlyMap<KerasNode, Dominator>): KerasNode {
  const depth = (node: KerasNode) => found.get(node)?.depth ?? 0;
  let [a, b] = [one, other];
  while (a !== b) {
    const deeper = depth(a) >= depth(b) ? a : b;
    const above = found.get(deeper)?.above ?? badModel('The model has several inputs.');
    if (deeper === a) a = above;
    else b = above;
  }
  return a;
}

/** Each layer once, after all that it is applied to. */
function inOrder(output: KerasNode): Set<KerasNode> {
  const done = new Set<KerasNode>();
  const visit = (node: KerasNode) => {
    if (done.has(node)) return;
    for (const input of node.inputs) visit(input);
    done.add(node);
  };
  visit(output);
  return done;
}
