// WebAssembly takes arguments in order, the source names them: kernels are called as `{ kernel, x, y, … }`.

/** A call of one of a module's kernels, by the module's `Kernels`. */
export type CallOf<Kernels> = { [K in keyof Kernels]: { kernel: K } & Kernels[K] }[keyof Kernels];

interface Call {
  readonly kernel: string;
  readonly [argument: string]: string | number | boolean;
}

/** Names of each function's arguments, in order, between blanks: a module's `PARAMETERS`. */
interface Parameters {
  readonly [name: string]: string;
}

interface Functions {
  readonly [name: string]: (...args: number[]) => number | void;
}

/** A call's arguments in order, flags as 0 and 1; `scratch` and `end` are its scratch memory, where it takes any. */
export function inOrder(parameters: Parameters, call: Call, scratch: number, end: number): number[] {
  const args = pick(parameters[call.kernel], { ...call, scratch, end });
  const given = Object.keys(call).length - 1; // spread objects are not checked for names too many
  if (args.length !== given && args.length !== given + 2)
    throw new Error(`${call.kernel} takes ${parameters[call.kernel]}; got ${Object.keys(call).join(' ')}.`);
  return args;
}

/** How many bytes of scratch memory a call needs. */
export function scratchOf(parameters: Parameters, functions: Functions, call: Call): number {
  const name = `${call.kernel}_scratch`;
  return functions[name]?.(...pick(parameters[name], call)) ?? 0;
}

/** Runs a kernel on arguments that are in order. */
export function run(functions: Functions, kernel: string, args: readonly number[]): void {
  const found = functions[kernel];
  if (!found) throw new Error(`There is no kernel ${kernel}.`);
  found(...args);
}

/** @throws For an argument that is missing: as an address, not a number would be 0. */
function pick(names: string | undefined, values: Omit<Call, 'kernel'>): number[] {
  const found = names?.split(' ').map((name) => Number(values[name])) ?? [];
  if (found.some(Number.isNaN)) throw new Error(`A kernel's call lacks some of its arguments: ${names}.`);
  return found;
}
