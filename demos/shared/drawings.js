import { say, Trouble } from './say.js';

/** @import { Example } from '../teach/examples.js' */

// Drawings on their way to others: in a file, or in a link. What comes from there is trusted in nothing.

/** At most so many, of so many points each. */
const MOST = 2000;
const MOST_POINTS = 2000;
/** Steps of a link's coordinates in a pad's side: finer than what a network sees, and short. */
const STEPS = 100;

/** @param {readonly Example[]} examples */
export function toFile(examples) {
  return new Blob([JSON.stringify({ format: 'handful-drawings', version: 1, examples }, null, 1)], {
    type: 'application/json',
  });
}

/** @param {Blob} file @throws {Trouble} if there are no drawings in it. */
export async function fromFile(file) {
  try {
    const { examples } = /** @type {{ examples: unknown }} */ (JSON.parse(await file.text()));
    return checked(examples);
  } catch (cause) {
    throw new Trouble(say.trouble.noDrawings, { cause });
  }
}

/** Drawings as text for an address. @param {readonly Example[]} examples */
export async function toLink(examples) {
  const short = examples.map(({ label, strokes }) => [label, ...strokes.map(shortened)]);
  return base64(await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(JSON.stringify(short))));
}

/** @param {string} text @throws {Trouble} if there are no drawings in it. */
export async function fromLink(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const json = new TextDecoder().decode(await through(new DecompressionStream('deflate-raw'), bytes));
    const short = /** @type {[string, ...number[][]][]} */ (JSON.parse(json));
    return checked(short.map(([label, ...strokes]) => ({ label, strokes: strokes.map(lengthened) })));
  } catch (cause) {
    throw new Trouble(say.trouble.noDrawings, { cause });
  }
}

/** @param {unknown} found @returns {Example[]} */
function checked(found) {
  const examples = Array.from(/** @type {ArrayLike<unknown>} */ (found))
    .slice(0, MOST)
    .flatMap(oneOf);
  if (examples.length === 0) throw new TypeError('no drawings');
  return examples;
}

/** @param {unknown} each @returns {Example[]} */
function oneOf(each) {
  const { label, strokes } = Object(each);
  if (typeof label !== 'string' || label.trim() === '' || !Array.isArray(strokes)) return [];
  const lists = strokes.filter((stroke) => Array.isArray(stroke) && stroke.length > 0 && stroke.every(isPoint));
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  return count > 0 && count <= MOST_POINTS ? [{ label: label.trim().slice(0, 200), strokes: lists }] : [];
}

/** @param {unknown} point */
function isPoint(point) {
  return Array.isArray(point) && point.length >= 2 && point.length <= 3 && point.every((x) => x >= 0 && x <= 1);
}

/** Whole steps, and of points on one line its ends. @param {Example['strokes'][number]} stroke @returns {number[]} */
function shortened(stroke) {
  const points = stroke.map(([x, y]) => [Math.round(x * STEPS), Math.round(y * STEPS)]);
  const kept = points.filter((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before || !after) return true;
    const turn = (point[0] - before[0]) * (after[1] - point[1]) - (point[1] - before[1]) * (after[0] - point[0]);
    return turn !== 0;
  });
  return kept.flat();
}

/** @param {number[]} numbers */
function lengthened(numbers) {
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i] / STEPS, numbers[2 * i + 1] / STEPS]);
}

/** @param {CompressionStream | DecompressionStream} stream @param {Uint8Array<ArrayBuffer>} bytes */
async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
