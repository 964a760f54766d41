import { refuse } from './refuse.js';

/** @throws {HandfulError} `bad-argument` */
export function labelName(label: unknown, what: string): string {
  if (typeof label !== 'string' && !Number.isFinite(label)) refuse(`${what} is a string or a finite number`, label);
  return String(label);
}

/**
 * Labels as the strings they become.
 * @throws {HandfulError} `bad-argument` for what is no name, and for a name that comes twice.
 */
export function labelNames(labels: readonly unknown[], what: string): string[] {
  const names = Array.from({ length: labels.length }, (_, i) => labelName(labels[i], `${what}[${i}]`));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) refuse(`${what} takes names, none of them twice`, twice);
  return names;
}
