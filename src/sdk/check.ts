import { HandfulError } from '../errors.js';
import { isList, refuse, unreadable } from './refuse.js';

/**
 * What an option takes, in words; whether a value is that; for an object, what it may hold in its turn; and what makes
 * of an accepted value the copy that the call goes on with.
 */
export type Rule = readonly [
  expected: string,
  accepts: (value: unknown) => boolean,
  inner?: Rules | undefined,
  read?: ((value: never, what: string) => unknown) | undefined,
];
export type Rules = Readonly<Record<string, Rule>>;

/** Rules for every option of an interface, and for no other. */
export type RulesFor<Options> = { readonly [name in keyof Options]-?: Rule };

/**
 * Options that are what they should be, copied, without those that are undefined.
 * @throws {HandfulError} `bad-argument` naming the first that is unknown or wrong, what came and what was expected.
 */
export function checked<Options extends object>(
  options: Options | undefined,
  rules: RulesFor<NoInfer<Options>>,
): Partial<Options> {
  if (options !== undefined && !isObject(options)) refuse('Options are an object', options);
  return copied(options ?? {}, rules, '');
}

/** @param path What comes before the names in errors, such as `augment.`. */
function copied<T extends object>(options: T, rules: Rules, path: string): Partial<T> {
  const result: Partial<T> = {};
  let what = 'Options';
  try {
    for (const name in options) {
      what = `The option ${path + name}`;
      const value = options[name];
      if (value === undefined) continue;
      const rule = Object.hasOwn(rules, name) && rules[name];
      if (!rule) {
        const known = Object.keys(rules).map((each) => path + each);
        throw new HandfulError('bad-argument', `There is no option ${path + name}; there are: ${known.join(', ')}.`);
      }
      const [expected, accepts, inner, read] = rule;
      if (inner && isObject(value)) result[name] = copied(value, inner, `${path + name}.`) as typeof value;
      else if (accepts(value)) result[name] = read ? (read(value as never, what) as typeof value) : value;
      else refuse(`${what} takes ${expected}`, value);
    }
  } catch (cause) {
    throw unreadable(what, 'bad-argument', cause);
  }
  return result;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isList(value);
}
