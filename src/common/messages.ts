import { HandfulError } from '../errors.js';

/** @throws {HandfulError} `bad-model`, always. */
export function badModel(message: string, cause?: unknown): never {
  throw new HandfulError('bad-model', message, cause === undefined ? undefined : { cause });
}

/** @throws {HandfulError} `bad-argument`, always. */
export function badOption(name: string, expected: string, value: unknown): never {
  throw new HandfulError('bad-argument', `The option ${name} takes ${expected}; got ${quote(value)}.`);
}

/** Any value of a file as a short piece of a message; files may hold names of megabytes and JSON of any depth. */
export function quote(value: unknown, length = 80): string {
  if (Array.isArray(value) && value.length > LONG) return `a list of ${value.length}`; // as text it would take seconds
  let text: string;
  try {
    text = (JSON.stringify(value, speakable) ?? String(value)).replaceAll(`"${BARE}`, '').replaceAll(`${BARE}"`, '');
  } catch {
    text = 'something nested too deeply'; // JSON.stringify recurses
  }
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

const LONG = 10_000;

const BARE = '\uE000';

/** Numbers that JSON has no words for, marked so that they lose their quotation marks. */
function speakable(_: string, value: unknown): unknown {
  const isOdd = typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value));
  return isOdd ? `${BARE}${value}${BARE}` : value;
}

/** The first items of a list and how many more there are. */
export function listed(items: readonly string[], most = 6): string {
  if (items.length === 0) return 'nothing';
  const rest = items.length - most;
  return rest > 0 ? `${items.slice(0, most).join(', ')} and ${rest} more` : items.join(', ');
}
