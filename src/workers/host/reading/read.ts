// How characters are read: cut into candidates, heard, and the best way over them found.

import { HandfulError } from '../../../errors.js';
import { listed, quote } from '../../../common/messages.js';
import { linesOf } from '../../../preprocess/characters/lines.js';
import { writingIn } from '../../../preprocess/characters/writing.js';
import type { RawInput } from '../../../preprocess/prepare.js';
import type { Model } from '../../../models/model.js';
import type { ReadCharacter, Reading } from '../../../types.js';
import type { ReadingOptions } from '../../protocol.js';
import type { Session } from '../session.js';
import { bestWay } from './best-way.js';
import type { Way } from './best-way.js';
import { evidence, scoreOf } from './evidence.js';
import type { Heard } from './evidence.js';
import { hear } from './hear.js';
import { latticeOf } from './lattice.js';
import type { Candidate } from './lattice.js';
import { MARKS, markOf } from './marks.js';
import type { Mark } from './marks.js';
import { WEIGHTS } from './weights.js';

/** What is read so surely is not cut. */
const SURE = { probability: 0.95, strangeness: -1 };

/** Beside characters that are read, one is only refused if it is so much stranger than one that stands alone. */
const STRANGE = 3;

/** Several characters are plainly so if they are cut and read with such a probability at least. */
const PLAIN = { probability: 0.9, label: 0.5 };

/** In the place of a character that is refused. */
const UNKNOWN = '\uFFFD';

/** A line as it is read. */
interface Line {
  characters: Character[];
  /** That it is cut into these. */
  probability: number;
}

interface Character {
  box: Candidate['box'];
  heard: Heard;
}

/** @throws {HandfulError} `bad-argument` for an alphabet that it does not know. */
export async function readCharacters(
  session: Session,
  signal: AbortSignal,
  input: RawInput,
  { alphabet, lines = false, cells }: ReadingOptions,
): Promise<Reading> {
  const { model } = session;
  const symbols = alphabetOf(model, alphabet);
  const read = await readLines(session, signal, input, { ...symbols, lines, cells });
  const characters = read.map((line) => line.characters.map((character) => answered(character, model)));
  const sure = read.reduce((product, { probability }) => product * probability, 1);
  return {
    text: characters.map((line) => line.map(({ label }) => label ?? UNKNOWN).join('')).join('\n'),
    confidence: read.length > 0 ? characters.flat().reduce((product, { confidence }) => product * confidence, sure) : 0,
    characters: characters.flat(),
  };
}

/**
 * Whether an input is plainly several characters: cut surely, each of them familiar and read with some confidence.
 */
export async function showsSeveral(session: Session, signal: AbortSignal, input: RawInput): Promise<boolean> {
  const symbols = alphabetOf(session.model, undefined);
  const [line] = await readLines(session, signal, input, { ...symbols, lines: false });
  return (
    !!line &&
    line.characters.length > 1 &&
    line.probability > PLAIN.probability &&
    line.characters.every(({ heard }) => heard.strangeness <= 0 && heard.probability > PLAIN.label)
  );
}

interface Alphabet {
  labels: Set<string>;
  marks: Mark[];
}

function alphabetOf(model: Model, alphabet: readonly string[] | undefined): Alphabet {
  if (!alphabet) return { labels: new Set(model.labels), marks: [] };
  const isMark = (name: string): name is Mark => MARKS.includes(name as Mark) && !model.labels.includes(name);
  const strange = alphabet.filter((name) => !model.labels.includes(name) && !isMark(name));
  if (strange.length > 0)
    throw new HandfulError(
      'bad-argument',
      `The option alphabet has what the network does not know: ${listed(strange.map((name) => quote(name)))}.`,
    );
  return { labels: new Set(alphabet.filter((name) => !isMark(name))), marks: alphabet.filter(isMark) };
}

/** Each line's characters from left to right; no line where there is no ink. */
async function readLines(
  session: Session,
  signal: AbortSignal,
  input: RawInput,
  { labels, marks, lines, cells }: Alphabet & { lines: boolean; cells?: number | undefined },
): Promise<Line[]> {
  const { model } = session;
  const writing = writingIn(input, model.preprocess, model.spec.input);
  if (!writing) return [];
  const ask = (images: readonly Float32Array[]) =>
    session.answer(images.length, (network) => hear(network, model, images, labels, signal));
  const doubtful = await ask(writing.doubtful);
  const known = new Map(writing.doubtful.map((image, i) => [image, doubtful[i]]));
  const pieces = writing.pieces(
    doubtful.map(({ probability, strangeness }) => probability > SURE.probability && strangeness < SURE.strangeness),
  );
  const all = [...pieces.pieces.keys()];
  const lattices = (lines ? linesOf(pieces) : [all]).map((line) => latticeOf(pieces, line));
  const candidates = lattices.flatMap((lattice) => lattice.candidates);
  const images = candidates.map((candidate) => pieces.draw(candidate.pieces));
  const unknown = images.filter((image) => !known.has(image));
  for (const [i, answer] of (await ask(unknown)).entries()) known.set(unknown[i] as Float32Array, answer);
  const heard = new Map(candidates.map((candidate, i) => [candidate, known.get(images[i] as Float32Array) as Heard]));
  return lattices.map(({ candidates: own, ways, length }) => {
    const told = own.map((candidate) => markOf(pieces, candidate, marks) ?? (heard.get(candidate) as Heard));
    const scores = own.map((candidate, i) => scoreOf(evidence(pieces, candidate, told[i] as Heard), WEIGHTS));
    const total = (way: Way) => way.candidates.reduce((sum, candidate) => sum + (scores[candidate] ?? 0), 0);
    const best = ways
      .map((edges) => bestWay(edges, length, scores, cells))
      .reduce((best, other) => (total(other) > total(best) ? other : best));
    const characters = best.candidates.map((i): Character => ({
      box: (own[i] as Candidate).box,
      heard: told[i] as Heard,
    }));
    return { characters: characters.sort(fromLeft), probability: best.probability };
  });
}

const fromLeft = ({ box: a }: Character, { box: b }: Character) => a.left + a.right - b.left - b.right;

function answered({ box: { left, top, right, bottom }, heard }: Character, { labels }: Model): ReadCharacter {
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  const none = labels.map(() => 0);
  const { label, probability, probabilities, strangeness, isMark } = heard;
  if (strangeness > STRANGE || probability === 0)
    return { label: null, confidence: 0, probabilities: none, box, rejected: 'unfamiliar' };
  if (isMark) return { label, confidence: probability, probabilities: none, box };
  const sum = probabilities.reduce((sum, each) => sum + each, 0); // of the alphabet alone
  return { label, confidence: probability / sum, probabilities: probabilities.map((each) => each / sum), box };
}
