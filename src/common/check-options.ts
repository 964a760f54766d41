import type { OptionRule, RulesFor } from './option-rules.js';
import { HandfulError } from '../errors.js';
import { labelNames } from './label-names.js';
import { isList, isObject, refuse, unreadable } from './refuse.js';

/** A rule for what data alone cannot say. */
export interface Rule extends OptionRule {
  /** Whether a value is what `expected` says, where data cannot say it. */
  accepts?(value: unknown): boolean;
  /** Makes of an accepted value the copy that the call goes on with. */
  read?(value: never, what: string): unknown;
  fields?: Rules;
}
export type Rules = Readonly<Record<string, Rule>>;

/**
 * Options that are what they should be, copied, without those that are undefined.
 * @throws {HandfulError} `bad-argument` naming the first that is unknown or wrong, what came and what was expected.
 */
export function checked<Options extends object>(
  options: Options | undefined,
  rules: Rules | RulesFor<NoInfer<Options>, Rule>,
): Partial<Options> {
  if (options !== undefined && !isObject(options)) refuse('Options are an object', options);
  return copied(options ?? {}, rules as Rules, '');
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
      const { fields, list, read = list === 'names' && labelNames } = rule;
      if (fields && isObject(value)) result[name] = copied(value, fields, `${path + name}.`) as typeof value;
      else if (!fits(value, rule)) refuse(`${what} takes ${rule.expected}`, value);
      else result[name] = read ? (read(value as never, what) as typeof value) : value;
    }
  } catch (cause) {
    throw unreadable(what, 'bad-argument', cause);
  }
  return result;
}

function fits(value: unknown, { values, range, whole, list, text, accepts }: Rule): unknown {
  if (range && typeof value === 'number')
    return value >= range[0] && value <= range[1] && (!whole || Number.isInteger(value));
  return (
    values?.includes(value as string) ||
    (list && (text || isList(value)) && (value as string).length) ||
    accepts?.(value)
  );
}
