import assert from 'node:assert/strict';

/** What a module's source declares: the shapes of its parameters and statistics by their names in the state_dict. */
export function declaredShapes(source: string): Map<string, number[]> {
  const names = new Map([['self', '']]); // of modules, by their expressions
  const lengths = new Map<string, number>(); // of lists
  const shapes = new Map<string, number[]>();
  for (const line of statements(source)) {
    const [, holder = '', part = '', made = '', sizes = ''] = parse(line, lengths);
    const prefix = names.get(holder);
    assert.ok(prefix !== undefined, `${line}: ${holder} is not declared yet`);
    const name = prefix ? `${prefix}.${part}` : part;
    assert.ok(![...names.values()].includes(name), `${name} is declared twice`);
    for (const path of [`${holder}.${part}`, `${holder}[${part}]`, `${holder}["${part}"]`]) names.set(path, name);
    names.set(`${holder}.get_submodule("${part}")`, name);
    for (const [suffix, shape] of shapesOf(made, sizes)) shapes.set(`${name}.${suffix}`, shape);
  }
  return shapes;
}

/** The constructor's statements that make modules, each on one line. */
function statements(source: string): string[] {
  const [, body = ''] = /super\(\).__init__\(\)\n(.*?)\n\n {4}def forward/s.exec(source) ?? [];
  const joined = body
    .replace(/\(\n\s+/g, '(')
    .replace(/,?\n\s+\)/g, ')')
    .replace(/,\n\s+(?=\w+=|\d|nn\.)/g, ', ');
  return joined.split('\n').map((line) => line.trim());
}

const MADE = String.raw`nn\.(\w+)\((.*?)\)`;

function parse(line: string, lengths: Map<string, number>): RegExpExecArray | string[] {
  const appended = new RegExp(String.raw`^(\S+)\.append\(${MADE}\)$`).exec(line);
  if (appended) {
    const [, list = '', made = '', sizes = ''] = appended;
    const index = lengths.get(list) ?? 0;
    lengths.set(list, index + 1);
    return ['', list, String(index), made, sizes];
  }
  const found =
    new RegExp(String.raw`^(\S+)\.add_module\("([^"]+)", ${MADE}\)$`).exec(line) ??
    new RegExp(String.raw`^(\S+)\["([^"]+)"\] = ${MADE}$`).exec(line) ??
    new RegExp(String.raw`^(\S+)\.(\w+) = ${MADE}$`).exec(line);
  assert.ok(found, `no declaration: ${line}`);
  return found;
}

function shapesOf(made: string, text: string): [string, number[]][] {
  const has = (keyword: string) => new RegExp(String.raw`\b${keyword}=([^,]+)`).exec(text)?.[1];
  const [inputs = 0, outputs = 0, kernel = 0] = text.split(', ').map(Number);
  const bias: [string, number[]][] = has('bias') === 'False' ? [] : [['bias', [outputs]]];
  if (made === 'Conv2d') return [['weight', [outputs, inputs / Number(has('groups') ?? 1), kernel, kernel]], ...bias];
  if (made === 'Linear') return [['weight', [outputs, inputs]], ...bias];
  if (/^BatchNorm[12]d$/.test(made))
    return ['weight', 'bias', 'running_mean', 'running_var'].map((suffix) => [suffix, [inputs]]);
  assert.match(made, /^Module(List|Dict)?$/);
  return [];
}
