import type { VirtualBuffer } from '../../schedule/steps.js';

/** Some of a buffer's numbers, from `offset` on. */
export interface Part {
  readonly buffer: VirtualBuffer;
  readonly offset: number;
}

/** What calls hand to kernels, by the kind of argument. */
interface ArgumentValues {
  /** Numbers in the arena. */
  read: VirtualBuffer | Part | undefined;
  write: VirtualBuffer | Part | undefined;
  /** A parameter of the network, by its name. */
  parameter: string | undefined;
  /** A parameter that is written, too. */
  changed: string | undefined;
  /** A size or a flag. */
  u32: number | boolean;
  f32: number;
}

export type ArgumentKind = keyof ArgumentValues;

/** What each argument of a kernel is, by its name there. */
export type Signature = Readonly<Record<string, ArgumentKind>>;

type Values<S extends Signature> = { readonly [N in keyof S]: ArgumentValues[S[N]] };

/** Arguments that may be left out. */
type Spare<S extends Signature> = { [N in keyof S]: undefined extends ArgumentValues[S[N]] ? N : never }[keyof S];

/** The arguments of one call. */
export type Arguments<S extends Signature> = Omit<Values<S>, Spare<S>> & Partial<Pick<Values<S>, Spare<S>>>;

/**
 * Work that is written once in WGSL and called with many sizes. Sizes are no constants, so that one pipeline serves all
 * networks, and no compiler unrolls loops over them.
 */
export interface Kernel<S extends Signature = Signature> {
  readonly name: string;
  readonly signature: S;
  /** Declarations outside the function: memory that a workgroup shares, and functions that several kernels use. */
  readonly uses?: readonly string[];
  /** What a workgroup does: `a` holds the arguments (a `name_call`), `group` and `lane` say which part of it this is. */
  readonly body: string;
}

/** A kernel whose signature the compiler knows. */
export const kernel = <const S extends Signature>(definition: Kernel<S>): Kernel<S> => definition;

/** Arguments that are sizes or flags, for signatures that share some. */
export const numbers = <const N extends string>(...names: readonly N[]): Readonly<Record<N, 'u32'>> =>
  Object.fromEntries(names.map((name) => [name, 'u32'])) as Record<N, 'u32'>;

/** Invocations in a workgroup, of all kernels: a phase runs several of them side by side. */
export const LANES = 64;

/** The place of what is not there. */
export const NONE = 0xffffffff;

/** Places move on with the step that a submit is at, all else is one word. */
export const wordsOf = (kind: ArgumentKind): number => (kind === 'read' || kind === 'write' ? 2 : 1);

/** A kernel's WGSL: a struct of its arguments, a function that reads it from `calls`, and what it does. */
export function kernelSource({ name, signature, body }: Kernel): string {
  let at = 0;
  const fields: string[] = [];
  const values: string[] = [];
  for (const [argument, kind] of Object.entries(signature)) {
    fields.push(`${argument}: ${kind === 'f32' ? 'f32' : 'u32'}`);
    const word = `at + ${at}u`;
    if (wordsOf(kind) === 2) values.push(`place(${word})`);
    else values.push(kind === 'f32' ? `bitcast<f32>(calls[${word}])` : `calls[${word}]`);
    at += wordsOf(kind);
  }
  return `struct ${name}_call { ${fields.join(', ')} }
fn ${name}_at(at: u32) -> ${name}_call { return ${name}_call(${values.join(', ')}); }
fn ${name}(a: ${name}_call, group: u32, lane: u32) {${body}
}`;
}
