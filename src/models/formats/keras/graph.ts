import { badModel, quote } from '../../../common/messages.js';
import { asJson, asList, asText, isJson, type Json } from './json.js';

// The configuration of a Keras model: the same JSON in .h5, .keras and TensorFlow.js's model.json, but for what changed
// between Keras 1, 2 and 3. Models within models are taken apart, so that what remains is one graph of layers.

/** A layer where it is applied. */
export interface KerasNode {
  className: string;
  config: Json;
  /** What it is applied to; none for the model's input. */
  inputs: KerasNode[];
  /** Its name after the names of the models it lies in, outermost first. */
  path: readonly string[];
  /** The same in files that name layers by class and number: `conv2d`, `conv2d_1`, … */
  keys: readonly string[];
}

export interface KerasGraph {
  name: string;
  /** Without the batch axis; null where a size is left open. */
  shape: (number | null)[];
  output: KerasNode;
}

const MODELS = ['Sequential', 'Functional', 'Model'];
const MOST_LAYERS = 2000;

/** @throws {HandfulError} `bad-model` for what is no model, has several inputs or outputs, or goes in circles. */
export function readGraph(model: unknown): KerasGraph {
  const { config, className } = head(model, 'The model');
  if (!MODELS.includes(className))
    badModel(
      `The model file holds a ${className}; handful reads Sequential and Functional models: build it as one of these, ` +
        'take its weights over with set_weights, and save that.',
    );
  const name = isJson(config) && typeof config.name === 'string' ? config.name : 'keras';
  const walk: Walk = { nodes: 0 };
  const output = expand(asJson(model, 'The model'), { path: [], keys: [] }, undefined, walk);
  return { name, shape: inputShape(walk.input ?? badModel('The model file holds a model without an input.')), output };
}

interface Walk {
  /** Layers met so far. */
  nodes: number;
  input?: KerasNode;
}

interface Place {
  path: readonly string[];
  keys: readonly string[];
}

/** The layers of a model that is applied to `source`, or to the input; returns what yields its output. */
function expand(model: Json, place: Place, source: KerasNode | undefined, walk: Walk): KerasNode {
  const { className, config } = head(model, 'The model');
  const layers = asList(isJson(config) ? config.layers : config, `The layers of ${describe(place, className)}`);
  const named = nameAll(layers, place);
  if ((walk.nodes += named.length) > MOST_LAYERS) badModel(`The model file has more than ${MOST_LAYERS} layers.`);
  return isJson(config) && className !== 'Sequential'
    ? functional(named, config, source, walk)
    : sequential(named, isJson(config) ? config : {}, source, walk);
}

interface NamedLayer extends Place {
  className: string;
  config: Json;
  layer: Json;
}

function nameAll(layers: readonly unknown[], { path, keys }: Place): NamedLayer[] {
  const counts = new Map<string, number>();
  return layers.map((value, index) => {
    const layer = asJson(value, `Layer ${index} of the model`);
    const { className, config } = head(layer, `Layer ${index} of the model`);
    const own = isJson(config) ? config : {}; // a Sequential of Keras 1 has its layers there
    const name = asText(layer.name ?? own.name ?? `${className}_${index}`, `The name of layer ${index}`);
    const key = snakeCase(className);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return {
      className,
      config: own,
      layer,
      path: [...path, name],
      keys: [...keys, count > 0 ? `${key}_${count}` : key],
    };
  });
}

function sequential(layers: NamedLayer[], config: Json, source: KerasNode | undefined, walk: Walk): KerasNode {
  let at = source;
  for (const named of layers) {
    if (named.className === 'InputLayer') at ??= inputNode(named, walk);
    else at = apply(named, [at ?? inputNode({ ...named, config: { ...config, ...named.config } }, walk)], walk);
  }
  return at ?? badModel('The model file holds a Sequential model without layers.');
}

function functional(layers: NamedLayer[], config: Json, source: KerasNode | undefined, walk: Walk): KerasNode {
  const byName = new Map(layers.map((named) => [named.path.at(-1), named]));
  const found = new Map<string, KerasNode>();
  const begun = new Set<string>();
  const resolve = (name: string): KerasNode => {
    const known = found.get(name);
    if (known) return known;
    const named = byName.get(name) ?? badModel(`The model has no layer ${quote(name)}, which another one refers to.`);
    if (begun.has(name)) badModel(`The layers of the model go in circles at ${quote(name)}.`);
    begun.add(name);
    const node =
      named.className === 'InputLayer'
        ? (source ?? inputNode(named, walk))
        : apply(named, inbound(named).map(resolve), walk);
    found.set(name, node);
    return node;
  };
  const [first, ...others] = ends(config.output_layers, 'outputs');
  const inputs = ends(config.input_layers, 'inputs');
  if (first === undefined || others.length > 0 || inputs.length !== 1)
    badModel(
      `The model has ${inputs.length} inputs and ${first === undefined ? 0 : others.length + 1} outputs; handful reads ` +
        'models of one input and one output.',
    );
  return resolve(first);
}

function apply(named: NamedLayer, inputs: KerasNode[], walk: Walk): KerasNode {
  const { className, config, path, keys, layer } = named;
  if (!MODELS.includes(className)) return { className, config, inputs, path, keys };
  const [source, ...others] = inputs;
  if (!source || others.length > 0)
    badModel(`The model ${describe(named, className)} has ${inputs.length} inputs; handful reads models of one.`);
  return expand(layer, named, source, walk);
}

function inputNode({ config, path, keys }: NamedLayer, walk: Walk): KerasNode {
  if (walk.input) badModel('The model has several inputs; handful reads models of one input and one output.');
  return (walk.input = { className: 'InputLayer', config, inputs: [], path, keys });
}

/** The names of the layers that a layer of a Functional model is applied to. */
function inbound({ layer, path, className }: NamedLayer): string[] {
  const where = `The layer ${quote(path.at(-1))} (${className})`;
  const calls = asList(layer.inbound_nodes, `${where}: inbound_nodes`);
  if (calls.length !== 1)
    badModel(`${where} is applied ${calls.length} times; handful reads networks in which each layer is applied once.`);
  const [call] = calls;
  const names = isJson(call) ? histories([call.args, call.kwargs]) : histories(call);
  return names.length > 0 ? names : badModel(`${where} is applied to nothing.`);
}

/** The layers that tensors come from: [name, node, tensor, …] of Keras 2, `keras_history` of Keras 3, at any depth. */
function histories(value: unknown): string[] {
  if (Array.isArray(value)) {
    const [name, node, tensor] = value as unknown[];
    if (typeof name !== 'string' || typeof node !== 'number') return value.flatMap(histories);
    if (node !== 0 || tensor !== 0)
      badModel(`The model refers to the output ${tensor} of call ${node} of ${quote(name)}.`);
    return [name, ...value.slice(3).flatMap(histories)];
  }
  return isJson(value) ? Object.values(isJson(value.config) ? value.config : value).flatMap(histories) : [];
}

/** Keras 3 writes one end as ["name", 0, 0], others a list of such. */
function ends(value: unknown, what: string): string[] {
  return histories(asList(value, `The model's ${what}`));
}

function inputShape({ config }: KerasNode): (number | null)[] {
  const shape = config.batch_shape ?? config.batch_input_shape ?? config.build_input_shape;
  if (shape === undefined || shape === null)
    badModel(
      'The model does not say the shape of its input: build it with an Input or input_shape, and save it again.',
    );
  const [, ...sizes] = asList(shape, "The shape of the model's input");
  for (const size of sizes)
    if (size !== null && !(Number.isSafeInteger(size) && (size as number) > 0))
      badModel(`The shape of the model's input is ${quote(shape)}; expected whole numbers.`);
  return sizes as (number | null)[];
}

function head(value: unknown, what: string): { className: string; config: unknown } {
  const { class_name: className, config } = asJson(value, what);
  return { className: asText(className, `${what}: class_name`), config };
}

function describe({ path }: Place, className: string): string {
  return path.length > 0 ? `${quote(path.join('/'))} (${className})` : `the model (${className})`;
}

/** As Keras turns a class's name into a layer's: `BatchNormalization` is `batch_normalization`. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
