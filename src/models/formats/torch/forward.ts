import type { Value } from '../../../backends/operations.js';
import { fits, statement, type Text } from './python.js';

/** One expression of a forward pass. */
export interface Step {
  readonly reads: readonly Value[];
  readonly y: Value;
  readonly text: (operands: readonly Text[]) => Text;
  /** It may be written around what makes its input, on the same line. */
  readonly wraps?: boolean;
}

/** Lines of a forward pass that takes `x` and returns what the last step yields. */
export function writeForward(steps: readonly Step[]): string[] {
  const variables = new Variables(steps);
  const lines: string[] = [];
  const last = steps.length - 1;
  for (let i = 0; i <= last; i++) {
    const step = steps[i] as Step;
    let text = step.text(variables.read(step.reads));
    let { y } = step;
    for (let next = steps[i + 1]; next?.wraps && variables.isReadOnceBy(next, y); next = steps[i + 1]) {
      const wrapped = next.text([text]);
      if (!fits(wrapped)) break;
      text = wrapped;
      ({ y } = next);
      i++;
    }
    lines.push(...statement(i === last ? 'return ' : `${variables.assign(y)} = `, text, 2));
  }
  return lines;
}

/** A name for each value; those of values that nobody reads any more are given to others. */
class Variables {
  private readonly readsLeft = new Map<Value, number>();
  private readonly names = new Map<Value, string>();

  constructor(steps: readonly Step[]) {
    for (const { reads } of steps)
      for (const value of reads) this.readsLeft.set(value, (this.readsLeft.get(value) ?? 0) + 1);
    const input = steps[0]?.reads[0];
    if (input) this.names.set(input, 'x');
  }

  read(values: readonly Value[]): string[] {
    const names = values.map((value) => this.names.get(value) ?? 'x');
    for (const value of values) {
      const left = (this.readsLeft.get(value) ?? 1) - 1;
      this.readsLeft.set(value, left);
      if (left === 0) this.names.delete(value);
    }
    return names;
  }

  isReadOnceBy({ reads }: Step, value: Value): boolean {
    return reads.length === 1 && reads[0] === value && this.readsLeft.get(value) === 1;
  }

  assign(value: Value): string {
    const taken = new Set(this.names.values());
    for (let i = 0; ; i++) {
      const name = ['x', 'y', 'z'][i] ?? `x${i}`;
      if (taken.has(name)) continue;
      this.names.set(value, name);
      return name;
    }
  }
}
