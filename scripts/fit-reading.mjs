// Weighs what speaks for a piece of ink's being one character: npm run fit-reading [-- --numbers N]
// A semi-Markov conditional random field on numbers put together from digits of the people who choose, half of them as
// strokes and half as pictures: the right way over a lattice is to be the likeliest. Prints src/workers/host/reading/weights.ts.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { decodeModel, evidence, hear, latticeOf, lower, Network, openWasm, random, writingIn } from '#internals';
import { loadPenDigits } from './data/pen-digits.mjs';
import { GAPS, paintNumber, PENS, writeNumber } from './lib/numbers.mjs';
import { byWriter } from './lib/strokes.mjs';
import { whole } from './lib/usage.mjs';

const STEPS = 400;
const RATE = 0.05;
const DECAY = 1e-4;

/** @typedef {{ edges: { from: number, to: number, candidate: number }[], length: number, evidence: number[][], right: number[] }} Example */

const { values } = parseArgs({ options: { numbers: { type: 'string' } } });
const count = whole('numbers', values.numbers) ?? 4000;
const file = await readFile('pretrained/mnist-lenet5/model.safetensors');
const model = decodeModel(new Uint8Array(file), {});
const network = new Network(lower(model.spec), model.weights, await openWasm({}));
const people = byWriter((await loadPenDigits()).choosing);
const next = random(1);
/** @type {string[]} */
let names = [];
/** @type {Example[]} */
const examples = [];
for (let i = 0; i < count; i++) {
  const example = await exampleOf(people[i % people.length], i % 2 === 0);
  if (example) examples.push(example);
}
console.error(`${examples.length} of ${count} numbers have their right way in the lattice`);
const { weights, loss } = fit(examples, names.length);
console.error(`loss ${loss.toFixed(4)}`);
console.log(names.map((name, i) => `  ${name}: ${weights[i].toFixed(2)},`).join('\n'));
process.exit();

/** @param {import('./lib/strokes.mjs').Drawing[]} drawings @param {boolean} asStrokes @returns {Promise<Example | undefined>} */
async function exampleOf(drawings, asStrokes) {
  const pen = PENS.least + (PENS.most - PENS.least) * next();
  const gap = GAPS[Math.floor(next() * GAPS.length)] + (asStrokes ? 0 : pen);
  const length = 1 + Math.floor(next() * 6);
  const number = writeNumber(drawings, next, { length, gap, late: asStrokes && next() < 0.1 });
  const painted = paintNumber(number, { size: 50 + 70 * next(), pen, margin: 0.3 });
  const input = asStrokes
    ? { kind: /** @type {const} */ ('strokes'), strokes: number.strokes }
    : { kind: /** @type {const} */ ('pixels'), ...painted.picture };
  const writing = writingIn(input, model.preprocess, model.spec.input);
  if (!writing) return undefined;
  const doubtful = await hear(network, model, writing.doubtful);
  const pieces = writing.pieces(doubtful.map(({ probability, strangeness }) => probability > 0.95 && strangeness < -1));
  const { candidates, ways, length: all } = latticeOf(pieces, [...pieces.pieces.keys()]);
  const heard = await hear(
    network,
    model,
    candidates.map((candidate) => pieces.draw(candidate.pieces)),
  );
  const found = candidates.map((candidate, i) => evidence(pieces, candidate, heard[i]));
  names = Object.keys(found[0]);
  const owners = asStrokes ? number.owners : pieces.pieces.map(({ points }) => ownerOf(points(), painted));
  const right = [...number.text].map((_, owner) => {
    const own = owners.flatMap((each, i) => (each === owner ? [i] : [])).join();
    return candidates.findIndex((candidate) => candidate.pieces.join() === own);
  });
  const edges = ways.find((way) => right.every((each) => way.some(({ candidate }) => candidate === each)));
  return edges && { edges, length: all, evidence: found.map((each) => Object.values(each)), right };
}

/**
 * The character that most of a piece belongs to.
 *
 * @param {(readonly [x: number, y: number])[]} points @param {ReturnType<typeof paintNumber>} painted
 */
function ownerOf(points, { owners, picture }) {
  const votes = new Map();
  for (const [x, y] of points) {
    const owner = owners[Math.floor(y) * picture.width + Math.floor(x)];
    if (owner) votes.set(owner - 1, (votes.get(owner - 1) ?? 0) + 1);
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Gradient descent (Adam) on the negative log-likelihood. @param {Example[]} examples @param {number} size */
function fit(examples, size) {
  const weights = new Array(size).fill(0);
  const [first, second] = [weights.slice(), weights.slice()];
  let loss = 0;
  for (let step = 1; step <= STEPS; step++) {
    const gradient = weights.map((weight) => DECAY * weight * examples.length);
    loss = examples.reduce((sum, example) => sum + addGradient(example, weights, gradient), 0) / examples.length;
    for (let i = 0; i < size; i++) {
      const slope = gradient[i] / examples.length;
      first[i] = 0.9 * first[i] + 0.1 * slope;
      second[i] = 0.999 * second[i] + 0.001 * slope * slope;
      weights[i] -= (RATE * (first[i] / (1 - 0.9 ** step))) / (Math.sqrt(second[i] / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  return { weights, loss };
}

/** By the sums over all ways to and from each place. @param {Example} example @param {number[]} weights @param {number[]} gradient */
function addGradient({ edges, length, evidence, right }, weights, gradient) {
  const scores = evidence.map((each) => each.reduce((sum, value, i) => sum + value * weights[i], 0));
  const to = new Array(length + 1).fill(-Infinity);
  const from = to.slice();
  to[0] = from[length] = 0;
  for (const edge of edges) to[edge.to] = logSum(to[edge.to], to[edge.from] + scores[edge.candidate]);
  for (const edge of edges.toReversed())
    from[edge.from] = logSum(from[edge.from], from[edge.to] + scores[edge.candidate]);
  const add = (/** @type {number} */ candidate, /** @type {number} */ factor) =>
    evidence[candidate].forEach((value, i) => (gradient[i] += factor * value));
  for (const edge of edges)
    add(edge.candidate, Math.exp(to[edge.from] + scores[edge.candidate] + from[edge.to] - to[length]));
  for (const candidate of right) add(candidate, -1);
  return to[length] - right.reduce((sum, candidate) => sum + scores[candidate], 0);
}

/** @param {number} a @param {number} b */
function logSum(a, b) {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
