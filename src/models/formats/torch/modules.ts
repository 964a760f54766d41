// The modules that a network's dotted names stand for, each declared once and then called by its path.

import { isWeighted, moduleOf, type Weighted } from './layers.js';
import type { Architecture } from '../../lowering/lower.js';
import { refuseSpec } from '../../lowering/checks.js';
import { call, isAttribute, statement, type Text } from './python.js';
import { OF_LAYERS, OF_MODULES } from './reserved.js';

interface Node {
  /** The expression by which it is called, such as `self.layers[2].conv1`. */
  path: string;
  readonly children: Map<string, Node>;
  /** Undefined for what only holds others. */
  layer?: Weighted;
}

export class ModuleTree {
  private readonly root: Node = { path: 'self', children: new Map() };

  /** @throws {HandfulError} `bad-argument` for names that PyTorch's modules cannot have. */
  constructor({ operations }: Architecture) {
    const layers = operations.filter(isWeighted);
    for (const operation of layers) this.find(moduleName(operation)).layer = operation;
    for (const operation of layers) this.check(moduleName(operation));
    setPaths(this.root);
  }

  /** The module that a parameter belongs to. */
  path(parameter: string): string {
    return this.find(parameter.slice(0, parameter.lastIndexOf('.'))).path;
  }

  declarations(): string[] {
    return declareChildren(this.root);
  }

  private check(name: string): void {
    let node: Node | undefined = this.root;
    for (const part of name.split('.')) {
      const isTaken = OF_MODULES.has(part) || (node?.layer && OF_LAYERS.has(part)) || /^(__.*__)?$/.test(part);
      if (isTaken) refuseSpec(`No module of PyTorch can have the name '${name}', for '${part}' in it.`);
      node = node?.children.get(part);
    }
  }

  private find(name: string): Node {
    return name.split('.').reduce((node, part) => {
      const child = node.children.get(part) ?? { path: '', children: new Map<string, Node>() };
      node.children.set(part, child);
      return child;
    }, this.root);
  }
}

function moduleName(operation: Weighted): string {
  const parameter = operation.kind === 'batchNorm' ? operation.scale : operation.weight;
  return parameter.slice(0, parameter.lastIndexOf('.'));
}

/** How a module holds its children. */
function holding({ children, layer, path }: Node): 'list' | 'dictionary' | 'attributes' {
  const parts = [...children.keys()];
  if (path === 'self' || layer || parts.some(isAttribute)) return 'attributes';
  return parts.every((part, i) => part === String(i)) ? 'list' : 'dictionary';
}

function setPaths(node: Node): void {
  const held = holding(node);
  for (const [part, child] of node.children) {
    if (held === 'list') child.path = `${node.path}[${part}]`;
    else if (held === 'dictionary') child.path = `${node.path}["${part}"]`;
    else if (isAttribute(part)) child.path = `${node.path}.${part}`;
    else child.path = `${node.path}.get_submodule("${part}")`;
    setPaths(child);
  }
}

const CONTAINERS = { list: 'nn.ModuleList', dictionary: 'nn.ModuleDict', attributes: 'nn.Module' };

function declareChildren(node: Node): string[] {
  const held = holding(node);
  return [...node.children].flatMap(([part, child]) => {
    const made = child.layer ? moduleOf(child.layer) : call(CONTAINERS[holding(child)], []);
    return [...declare(node, part, child.path, held, made), ...declareChildren(child)];
  });
}

function declare({ path }: Node, part: string, childPath: string, held: string, made: Text): string[] {
  if (held === 'list') return statement('', call(`${path}.append`, [made]), 2);
  if (held === 'attributes' && !isAttribute(part))
    return statement('', call(`${path}.add_module`, [`"${part}"`, made]), 2);
  return statement(`${childPath} = `, made, 2);
}
