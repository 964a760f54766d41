import { diskShape } from './layout.js';
import type { RawTensor } from './safetensors.js';
import type { Parameter } from '../lowering/lower.js';

// Which tensor of a PyTorch state_dict is which parameter of a network.

type Tensors = ReadonlyMap<string, RawTensor>;

/** Wrappers stand inside of each other a few deep; a file may nest its names as deep as it likes. */
const MOST_WRAPPERS = 8;

/**
 * The tensors by the names of the parameters they are, in the order of the parameters: by equal names, less a
 * prefix that all share, or else by the order of their modules; undefined if neither fits.
 */
export function matchTensors(tensors: Tensors, parameters: readonly Parameter[]): Tensors | undefined {
  return matchByName(tensors, parameters) ?? matchByOrder(tensors, parameters);
}

/** As {@link matchTensors}, by names alone. */
export function matchByName(tensors: Tensors, parameters: readonly Parameter[]): Tensors | undefined {
  const stripped = unwrappings(tensors).find((names) => fits(names, parameters));
  return stripped && new Map(parameters.map(({ name }) => [name, stripped.get(name)!]));
}

/**
 * The tensors under their own names, then less the first part of these if all share it, as a wrapper (`module.`) or an
 * attribute that holds the whole network (`backbone.`) puts it there, less two, …
 */
export function unwrappings(tensors: Tensors): Tensors[] {
  const result = [tensors];
  const names = [...tensors.keys()];
  for (let length = 0; result.length <= MOST_WRAPPERS;) {
    const [first = ''] = names;
    const dot = first.indexOf('.', length);
    const prefix = first.slice(0, dot + 1);
    if (dot < 0 || !names.every((name) => name.startsWith(prefix))) break;
    length = prefix.length;
    result.push(new Map([...tensors].map(([name, tensor]) => [name.slice(length), tensor])));
  }
  return result;
}

function fits(tensors: Tensors, parameters: readonly Parameter[]): boolean {
  return (
    tensors.size === parameters.length &&
    parameters.every((parameter) => String(tensors.get(parameter.name)?.shape) === String(diskShape(parameter)))
  );
}

/**
 * Takes the file's modules in natural order (`layers.2` before `layers.10`) for the network's in order, if all shapes
 * agree. Modules of equal shapes have to differ by their numbers alone, since words say nothing about an order.
 */
function matchByOrder(tensors: Tensors, parameters: readonly Parameter[]): Tensors | undefined {
  if (tensors.size !== parameters.length) return undefined;
  const wanted = modules(
    parameters.map((parameter) => [parameter.name, { ...parameter, shape: diskShape(parameter) }]),
  );
  const given = modules(tensors).sort((a, b) => natural.compare(a.name, b.name));
  if (given.length !== wanted.length) return undefined;
  const matched = new Map<string, RawTensor>();
  for (const [i, module] of wanted.entries()) {
    const { members } = given[i] ?? { members: new Map<string, RawTensor>() };
    if (signature(members) !== signature(module.members)) return undefined;
    for (const [role, { name }] of module.members) matched.set(name, members.get(role)!);
  }
  const words = new Map(given.map((module) => [signature(module.members), wordsOf(module)]));
  return given.every((module) => words.get(signature(module.members)) === wordsOf(module)) ? matched : undefined;
}

/** A layer's tensors by their role: `weight`, `bias`, … */
interface Module<T> {
  name: string;
  members: Map<string, T>;
}

/** `layers.2` before `layers.10`. */
export const natural = new Intl.Collator('en', { numeric: true });

function modules<T>(tensors: Iterable<readonly [string, T]>): Module<T>[] {
  const result = new Map<string, Module<T>>();
  for (const [path, tensor] of tensors) {
    const dot = path.lastIndexOf('.');
    const name = path.slice(0, Math.max(dot, 0));
    if (!result.has(name)) result.set(name, { name, members: new Map() });
    result.get(name)!.members.set(path.slice(dot + 1), tensor);
  }
  return [...result.values()];
}

function signature(members: ReadonlyMap<string, { shape: readonly number[] }>): string {
  const tensors = [...members].map(([role, { shape }]) => `${role} [${shape}]`);
  return tensors.sort().join(' ');
}

function wordsOf({ name }: Module<unknown>): string {
  return name.replace(/\d+/g, '0');
}
