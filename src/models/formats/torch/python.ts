// Python source as Black formats it: lines of at most 88 characters.

const WIDTH = 88;

/** An expression: as it is, or a call, which can be broken into lines. */
export type Text = string | Call;

export interface Call {
  readonly callee: string;
  readonly args: readonly Text[];
}

/** A call; keyword arguments that are undefined are left out. */
export function call(callee: string, args: readonly Text[], keywords: Record<string, string | undefined> = {}): Call {
  const named = Object.entries(keywords).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return { callee, args: [...args, ...named] };
}

/** On one line. */
export function flat(text: Text): string {
  return typeof text === 'string' ? text : `${text.callee}(${text.args.map(flat).join(', ')})`;
}

/** Whether a line has room for it in a method's body, behind its name and an equals sign. */
export function fits(text: Text): boolean {
  return flat(text).length + 8 + 'x = '.length <= WIDTH;
}

/** Lines of a statement that stands `depth` levels deep. @param before Such as `x = `. */
export function statement(before: string, text: Text, depth: number, after = ''): string[] {
  const room = WIDTH - 4 * depth;
  const line = before + flat(text) + after;
  if (line.length <= room || typeof text === 'string') return [line];
  const inside = text.args.map(flat).join(', ');
  const [only, ...others] = text.args;
  let body: string[];
  if (inside.length <= room - 4) body = [inside];
  else if (only !== undefined && others.length === 0) body = statement('', only, depth + 1);
  else body = text.args.flatMap((arg) => statement('', arg, depth + 1, ','));
  return [`${before}${text.callee}(`, ...indent(body), `)${after}`];
}

export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line ? `    ${line}` : ''));
}

/** A spec's number, which may be a string of one. */
export function number(value: number): string {
  return String(Number(value));
}

/** One number for a pair of the same, as PyTorch takes them. */
export function pair([height, width]: readonly [number, number]): string {
  return height === width ? String(height) : `(${height}, ${width})`;
}

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** Whether an attribute can be written as `.name`; in a class, two underscores before it would change it. */
export function isAttribute(name: string): boolean {
  return /^(?!__)[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);
}
