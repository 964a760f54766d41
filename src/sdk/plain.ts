import { checkLength, name, tag } from '../common/refuse.js';

/** Items of all lists in one value; a point in a stroke counts as one, and each of its coordinates too. */
const LIMIT = 1_000_000;

/** Levels of lists and objects. */
const DEPTH = 16;

/**
 * A copy of plain data, by hand, since proxies, such as frameworks make of data, cannot be cloned. What is no data is
 * named in its place, to be refused by whoever knows what belongs there.
 * @throws {Error} for what is too large, before it is copied, or too deep; and what the value's own getters throw.
 */
export function plain<T>(value: T): T {
  let items = 0;
  const copy = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null)
      return typeof value === 'function' || typeof value === 'symbol' ? name(value) : value;
    if (depth > DEPTH) throw new Error('it is too deep');
    if (Array.isArray(value)) {
      const { length } = value;
      checkLength({ length: (items += length) }, LIMIT);
      return Array.from({ length }, (_, i) => copy(value[i], depth + 1));
    }
    if (tag(value) !== 'Object') return name(value);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each, depth + 1)]));
  };
  return copy(value, 0) as T;
}
