import { badModel, listed, quote } from '../../../common/messages.js';
import { Constants } from './constants.js';
import { elementwise, settle } from './elementwise.js';
import { LAYERS } from './layers.js';
import type { OnnxGraph, OnnxInput, OnnxNode } from './messages.js';
import { labelOf, refuse, type Node } from './nodes.js';
import { imageForm, SHAPES } from './shapes.js';
import { readNumbers, type Tensor } from './tensors.js';
import { firstWire, isTensor, type Form, type Value } from './values.js';

/** More nodes than any network that handful can hold has. */
const MOST_NODES = 5000;

/** What a graph computes. */
export interface Reading {
  input: { form: Form; type: number };
  output: Value;
  /** Operators at the end that make classes or probabilities of logits, which handful does itself. */
  ends: string[];
}

/** Operators that make answers of logits and leave their order. */
const ENDS = ['Softmax', 'LogSoftmax', 'Sigmoid', 'ArgMax', 'Identity'];

/** @throws {HandfulError} `bad-model` naming the node that handful has no layer for. */
export function readGraph(graph: OnnxGraph): Reading {
  if (graph.nodes.length > MOST_NODES)
    badModel(`The ONNX file has ${graph.nodes.length} nodes; handful reads networks of up to ${MOST_NODES}.`);
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const { logits, ends } = beforeEnds(graph, producers);
  const nodes = inOrder(logits, producers);
  const stored = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const input = inputOf(graph, nodes, stored, logits);
  const form = formOf(input);
  const known = new Map<string, Value | Tensor>([[input.name, { wire: firstWire(), form }]]);
  const find = (name: string) => {
    const tensor = stored.get(name);
    if (tensor && !known.has(name)) known.set(name, readNumbers(tensor));
    return known.get(name);
  };
  const constants = new Constants();
  const batch = Math.max(input.dims[0] ?? 0, 0);
  let last: Node = { operator: 'graph', label: graph.name, raw: NONE, inputs: [], batch };
  for (const raw of nodes) {
    const inputs = raw.inputs.map((name) => (name === '' ? undefined : (find(name) ?? missing(raw, name))));
    last = { operator: raw.operator, label: labelOf(raw), raw, inputs, batch };
    known.set(raw.outputs[0] ?? '', compute(last, constants));
  }
  const output = find(logits);
  if (!output || isTensor(output)) return badModel(`The ONNX file's output ${quote(logits)} depends on no input.`);
  return { input: { form, type: input.type }, output: settle(last, output), ends };
}

const NONE: OnnxNode = { name: '', operator: '', domain: '', inputs: [], outputs: [], attributes: [] };

function compute(node: Node, constants: Constants): Value | Tensor {
  const { operator, raw, inputs } = node;
  if (raw.domain !== '' && raw.domain !== 'ai.onnx') return refuse(node, `is of the operators ${quote(raw.domain)}`);
  if (inputs.every((each) => !each || isTensor(each))) return constants.fold(node);
  const own = [SHAPES, LAYERS].find((table) => Object.hasOwn(table, operator))?.[operator];
  return own?.(node) ?? elementwise(node) ?? noLayer(node);
}

function noLayer(node: Node): never {
  const known = [...Object.keys(LAYERS), ...Object.keys(SHAPES)];
  return refuse(node, `is what handful has no layer for; it has ${listed(known, 30)}, sums and activations`);
}

function missing(node: OnnxNode, name: string): never {
  const raw = { operator: node.operator, label: labelOf(node) };
  return refuse(raw, `takes ${quote(name)}, which nothing in the file yields, or which is no first output`);
}

/** The name of the first output, or of what was before what only makes answers of it. */
function beforeEnds({ outputs }: OnnxGraph, producers: ReadonlyMap<string, OnnxNode>) {
  let logits = outputs[0]?.name ?? badModel('The ONNX file has no output.');
  const ends: string[] = [];
  for (let node = producers.get(logits); node && ENDS.includes(node.operator); node = producers.get(logits)) {
    if (ends.length > 10) break;
    ends.push(node.operator);
    logits = node.inputs[0] ?? '';
  }
  return { logits, ends: ends.filter((operator) => operator !== 'Identity') };
}

/** The nodes that an output needs, each behind those that it needs itself. */
function inOrder(output: string, producers: ReadonlyMap<string, OnnxNode>): OnnxNode[] {
  const order: OnnxNode[] = [];
  const state = new Map<OnnxNode, 'open' | 'done'>();
  const stack = [producers.get(output)];
  while (stack.length > 0) {
    const node = stack.at(-1);
    if (!node || state.get(node) === 'done') stack.pop();
    else if (state.get(node) === 'open') {
      state.set(node, 'done');
      order.push(node);
      stack.pop();
    } else {
      state.set(node, 'open');
      for (const name of node.inputs) {
        const before = producers.get(name);
        if (before && state.get(before) === 'open')
          refuse({ operator: node.operator, label: labelOf(node) }, 'is part of a loop');
        if (before && !state.has(before)) stack.push(before);
      }
    }
  }
  return order;
}

/** The one input that the file does not hold itself. */
function inputOf(
  { inputs }: OnnxGraph,
  nodes: readonly OnnxNode[],
  stored: ReadonlyMap<string, unknown>,
  logits: string,
): OnnxInput {
  const needed = new Set([logits, ...nodes.flatMap((node) => node.inputs)]);
  const open = inputs.filter(({ name }) => needed.has(name) && !stored.has(name));
  const [input, ...more] = open;
  if (input && more.length === 0) return input;
  return badModel(
    `The ONNX file takes ${open.length} inputs (${listed(open.map(({ name }) => quote(name)))}); expected 1.`,
  );
}

/** Of rank 2 a list, of 3 a grey image, of 4 an image. */
function formOf({ name, dims: [, ...dims] }: OnnxInput): Form {
  const [features = 0] = dims;
  if (dims.length < 1 || dims.length > 3 || dims.some((length) => !(length > 0 && length <= 1 << 24)))
    return badModel(
      `The ONNX file's input ${quote(name)} is [batch, ${dims.map((length) => length || '?')}]; expected a list or an image of ` +
        'a size that is fixed.',
    );
  return imageForm(dims) ?? { dims, features };
}
