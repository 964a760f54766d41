import type { Spec } from '../../../types.js';
import { lower } from '../../lowering/lower.js';
import { channelsFirst } from './channels.js';
import { writeForward } from './forward.js';
import { ModuleTree } from './modules.js';
import { indent } from './python.js';
import { AVERAGE_POOL, stepsOf } from './steps.js';

/**
 * Writes a network as Python source: a `torch.nn.Module` whose `state_dict` has the names, shapes and order of values of
 * handful's model files. It takes standardised images [N, C, H, W], or [N, features], and gives logits, or a regression's
 * values, [N, units].
 * @throws {HandfulError} `bad-argument` for a spec that makes no sense, and for names that PyTorch's modules cannot have.
 * @example
 * await writeFile('lenet5.py', toTorch(lenet5()));
 */
export function toTorch(spec: Spec): string {
  const architecture = lower(spec);
  const modules = new ModuleTree(architecture);
  const forward = writeForward(stepsOf(architecture, modules));
  const uses = (pattern: RegExp) => forward.some((line) => pattern.test(line));
  const needsAverage = uses(/(?<![\w.])average_pool\(/);
  const imports = [
    'import torch',
    ...(needsAverage || uses(/(?<![\w.])F\./) ? ['import torch.nn.functional as F'] : []),
    'from torch import nn',
  ];
  const constructor = ['def __init__(self):', ...indent(['super().__init__()', ...modules.declarations()])];
  const method = ['def forward(self, x: torch.Tensor) -> torch.Tensor:', ...indent(forward)];
  const lines = [
    ...describe(spec, architecture.classes),
    ...['', ...imports],
    ...(needsAverage ? ['', '', ...AVERAGE_POOL] : []),
    ...['', '', `class ${className(spec.name)}(nn.Module):`],
    ...indent([...constructor, '', ...method]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The module's docstring. A spec's name may be anything, also what would end a string. */
function describe({ name, input }: Spec, units: number): string[] {
  const printable = name.replace(/[^\w .,:+()-]/g, '').slice(0, 60) || 'A network';
  const sizes = ['N', ...channelsFirst(input)].join(', ');
  const isImage = input.length === 3;
  const takes = isImage ? `images [N, C, H, W] = [${sizes}]` : `features [${sizes}]`;
  return [
    `"""${printable}, written by handful.`,
    '',
    "Its state_dict has the names and the layout of handful's model files.",
    `Takes standardised ${takes}, gives logits [N, ${units}].`,
    ...(input[2] === 3 ? ["The channels are in the model's order: red, green, blue unless it is bgr."] : []),
    '"""',
  ];
}

/** Such as `Lenet5` for `lenet5`. */
function className(name: string): string {
  const words = name.match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]\w{1,60}$/.test(joined) && !/^(None|True|False)$/.test(joined) ? joined : 'Network';
}
