import { refuse } from './refuse.js';

/** @throws {HandfulError} `bad-argument` */
export function labelName(label: unknown, what: string): string {
  if (typeof label !== 'string' && !Number.isFinite(label)) refuse(`${what} is a string or a finite number`, label);
  return String(label);
}

/**
 * Labels as the strings they become.
 * @throws {HandfulError} `bad-argument` for what is no name.
 */
export function labelNames(labels: readonly unknown[], what: string): string[] {
  return Array.from({ length: labels.length }, (_, i) => labelName(labels[i], `${what}[${i}]`));
}
