import { refuse } from './refuse.js';

/** @throws {HandfulError} `bad-argument` */
export function labelName(label: unknown, what: string): string {
  if (typeof label !== 'string' && !Number.isFinite(label)) refuse(`${what} is a string or a finite number`, label);
  return String(label);
}

/**
 * The option `labels` as the strings they become.
 * @throws {HandfulError} `bad-argument` for what is no name, and for a name that comes twice.
 */
export function labelNames(labels: readonly (string | number)[]): string[] {
  const names = Array.from({ length: labels.length }, (_, i) => labelName(labels[i], `The option labels[${i}]`));
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) refuse(`The option labels takes different names, none of them twice`, name);
    seen.add(name);
  }
  return names;
}
