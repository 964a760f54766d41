/** Labels with their samples' indices. */
export type Labelled = ReadonlyMap<string, readonly number[]>;

/**
 * Labels of a single sample that are probably mistyped, each with what was probably meant: a label of several samples, or
 * one that the network knows, from which it differs by case, spaces or one letter.
 */
export function mistyped(samples: Labelled, known: readonly string[]): [label: string, meant: string][] {
  const common = [...samples].flatMap(([label, own]) => (own.length > 1 ? [label] : []));
  const byForm = new Map<string, string>();
  for (const label of [...known, ...common]) byForm.set(plainForm(label), label);
  return [...samples].flatMap(([label, own]): [string, string][] => {
    if (own.length > 1 || known.includes(label)) return [];
    const meant = byForm.get(plainForm(label)) ?? common.find((other) => isOneLetterOff(label, other));
    return meant === undefined ? [] : [[label, meant]];
  });
}

const plainForm = (label: string): string =>
  label
    .normalize('NFKC')
    .replace(/[\s_-]+/g, '')
    .toLowerCase();

/** Whether a letter too many, too few or wrong, or two that changed places, make one of the other; of one letter alone, too many. */
function isOneLetterOff(typed: string, meant: string): boolean {
  const [a, b] = typed.length < meant.length ? [[...typed], [...meant]] : [[...meant], [...typed]];
  if (b.length - a.length > 1 || b.length < 2) return false;
  let [start, end] = [0, 0];
  while (start < a.length && a[start] === b[start]) start++;
  while (end < a.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (restB.length < 2) return true;
  return restB.length === 2 && restA.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}
