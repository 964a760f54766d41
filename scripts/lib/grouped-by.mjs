/**
 * A list's items by what they have in common, groups and items in the order they come.
 *
 * @template T, Key
 * @param {Iterable<T>} list @param {(item: T) => Key} keyOf
 * @returns {Map<Key, T[]>}
 */
export function groupedBy(list, keyOf) {
  /** @type {Map<Key, T[]>} */
  const groups = new Map();
  for (const item of list) {
    const key = keyOf(item);
    const own = groups.get(key);
    if (own) own.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
