/** What an option takes, as data: in words, and what a value may be, any one of these. */
export interface OptionRule {
  expected: string;
  /** One of some values. */
  values?: readonly (string | boolean)[];
  /** A number between two. */
  range?: readonly [least: number, most: number];
  /** Of numbers, whole ones alone. */
  whole?: boolean;
  /** A list of something, not empty. */
  list?: 'names' | 'samples';
  /** Of names, also what is like a list, such as a string, whose characters are the names. */
  text?: boolean;
  /** An object with options of its own. */
  fields?: OptionRules;
}

export type OptionRules = Readonly<Record<string, OptionRule>>;

/** Rules for every option of an interface, and for no other. */
export type RulesFor<Options, Rule = OptionRule> = { readonly [name in keyof Options]-?: Rule };

export const flag: OptionRule = { expected: 'true or false', values: [true, false] };

export const names: OptionRule = { expected: 'a list of names', list: 'names' };

export const seed = whole(0, 2 ** 32 - 1);

export function oneOf<Word extends string>(...values: Word[]): OptionRule {
  return { expected: values.map((word) => `'${word}'`).join(', '), values };
}

export function whole(least: number, most: number): OptionRule {
  return { expected: `a whole number from ${least} to ${most}`, range: [least, most], whole: true };
}

export function between(least: number, most: number): OptionRule {
  return { expected: `a number from ${least} to ${most}`, range: [least, most] };
}

/** What either of two rules takes. */
export function either(one: OptionRule, other: OptionRule): OptionRule {
  return { ...one, ...other, expected: `${one.expected}, or ${other.expected}` };
}
