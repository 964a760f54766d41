import { HandfulError, type HandfulErrorCode } from '../errors.js';
import { listed, quote } from '../common/messages.js';

/** '0', '1', … */
export function defaultLabels(classes: number): string[] {
  return Array.from({ length: classes }, (_, index) => String(index));
}

/**
 * Checks the names of a network's classes: one each, no two alike. Numbers become strings.
 * @throws {HandfulError} `code`
 */
export function checkLabels(labels: unknown, classes: number, code: HandfulErrorCode): string[] {
  const fail = (message: string): never => {
    throw new HandfulError(code, message);
  };
  if (!Array.isArray(labels)) return fail(`Labels are a list of names; got ${quote(labels)}.`);
  if (labels.length !== classes) fail(`Got ${labels.length} labels; the network has ${classes} classes.`);
  const names = Array.from(labels, (label: unknown) => {
    if (typeof label !== 'string' && !Number.isFinite(label)) fail(`A label is a string; got ${quote(label)}.`);
    return String(label);
  });
  checkUnique(names, code);
  return names;
}

/**
 * Labels as they are meant, without spaces around them; those of `known` stay as they are.
 * @param what What to call one in errors, before its index.
 * @throws {HandfulError} `bad-argument` for one of which nothing is left.
 */
export function trimmed(labels: readonly string[], known: readonly string[], what: string): string[] {
  const isKnown = new Set(known);
  return labels.map((label, i) => {
    const name = isKnown.has(label) ? label : label.trim();
    if (name) return name;
    throw new HandfulError('bad-argument', `${what} ${i} has an empty label: got ${quote(label)}.`);
  });
}

/** @throws {HandfulError} `code` for a name that comes twice. */
export function checkUnique(names: readonly string[], code: HandfulErrorCode): void {
  const seen = new Set<string>();
  const repeated = names.filter((name) => seen.size === seen.add(name).size);
  if (repeated.length > 0)
    throw new HandfulError(
      code,
      `Labels are unique; these came twice: ${listed(repeated.map((name) => quote(name)))}.`,
    );
}

/**
 * The labels of a regressor: none.
 * @throws {HandfulError} `bad-argument` if some were given.
 */
export function noLabels(given: readonly unknown[] | undefined): string[] {
  if (given) throw new HandfulError('bad-argument', `Regression has no labels; got ${quote(given)}.`);
  return [];
}
