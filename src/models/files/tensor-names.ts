import { diskShape } from './layout.js';
import type { RawTensor } from './safetensors.js';
import type { Parameter } from '../lowering/lower.js';

// Which tensor of a PyTorch state_dict is which parameter of a network.

type Tensors = ReadonlyMap<string, RawTensor>;

/** What DataParallel, Lightning, torch.compile and common habits put before every name. */
const WRAPPERS = ['module.', 'model.', 'net.', '_orig_mod.'];

/**
 * The tensors by the names of the parameters they are, in the order of the parameters: by equal names, less wrappers'
 * prefixes, or else by the order of their modules; undefined if neither fits.
 */
export function matchTensors(tensors: Tensors, parameters: readonly Parameter[]): Tensors | undefined {
  return matchByName(tensors, parameters) ?? matchByOrder(tensors, parameters);
}

/** As {@link matchTensors}, by names alone. */
export function matchByName(tensors: Tensors, parameters: readonly Parameter[]): Tensors | undefined {
  const stripped = unwrappings(tensors).find((names) => fits(names, parameters));
  return stripped && new Map(parameters.map(({ name }) => [name, stripped.get(name)!]));
}

/** The tensors under their own names, then less one wrapper's prefix, less two, … */
export function unwrappings(tensors: Tensors): Tensors[] {
  const result = [tensors];
  for (let current = tensors; result.length <= WRAPPERS.length; result.push(current)) {
    const prefix = WRAPPERS.find((wrapper) => [...current.keys()].every((name) => name.startsWith(wrapper)));
    if (!prefix) break;
    current = new Map([...current].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
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
