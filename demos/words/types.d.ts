import type english from './en.js';

/** What an ICU message names: `label` of `{label}`, `n` of `{n, plural, …}`; texts in braces are none. */
type ArgumentsOf<Message extends string> = Message extends `${string}{${infer Rest}`
  ? (Rest extends `${infer Name}${',' | '}'}${string}` ? NameOf<Name> : never) | ArgumentsOf<Rest>
  : never;
type NameOf<Text extends string> = Text extends `${string}${' ' | '#' | '{' | '}' | ',' | '.'}${string}` ? never : Text;

type Said<Words> = Words extends string
  ? [ArgumentsOf<Words>] extends [never]
    ? string
    : (values: Record<ArgumentsOf<Words>, string | number>) => string
  : { readonly [Key in keyof Words]: Said<Words[Key]> };

type Messages<Words> = Words extends string ? string : { readonly [Key in keyof Words]: Messages<Words[Key]> };

/** A language's messages as they are written: those of English, each of them. */
export type Words = Messages<typeof english>;

/** The same as pages say them: what names something is a function of it. */
export type Say = Said<typeof english>;
