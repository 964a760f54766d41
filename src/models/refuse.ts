import { HandfulError } from '../errors.js';

/** @throws {HandfulError} `bad-model`, always. */
export function badModel(message: string, cause?: unknown): never {
  throw new HandfulError('bad-model', message, cause === undefined ? undefined : { cause });
}

/** Any value of a file as a short piece of a message; files may hold names of megabytes and JSON of any depth. */
export function quote(value: unknown, length = 80): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = 'something nested too deeply'; // JSON.stringify recurses
  }
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** The first items of a list and how many more there are. */
export function listed(items: readonly string[], most = 6): string {
  if (items.length === 0) return 'nothing';
  const rest = items.length - most;
  return rest > 0 ? `${items.slice(0, most).join(', ')} and ${rest} more` : items.join(', ');
}
