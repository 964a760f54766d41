import { InkPad } from 'handful/elements';
import { createChoice } from '../shared/choice.js';
import { find, findA, isPressable, isTyping, make } from '../shared/dom.js';
import { toLink } from '../shared/drawings.js';
import { networks } from '../shared/networks.js';
import { newestOnly } from '../shared/newest.js';
import { attempt, showError } from '../shared/notice.js';
import { say } from '../shared/say.js';
import '../shared/settings.js';
import { thumbnail } from '../shared/thumbnail.js';
import { praise, rightOf, shuffledDigits } from './round.js';

/** @import { Turn } from './round.js' */

/** Seconds for a drawing; 0 is as long as it takes. */
const TIMES = [20, 10, 0];
/** So long, in ms, "Yes!" is seen before the next drawing is asked for. */
const JOY = 900;
const TICK = 100;

const pad = findA(InkPad, '#pad');
const seconds = findA(HTMLSelectElement, '#seconds');
const left = findA(HTMLProgressElement, '#left');
const startButton = findA(HTMLButtonElement, '#start');

/** The classifier in use; none while the first one loads. @type {import('handful').Classifier | undefined} */
let classifier;
/** What is still to be asked for, that which is asked for first. @type {string[]} */
let asked = [];
/** @type {Turn[]} */
let turns = [];
let rounds = 0;
/** @type {number | undefined} */
let clock;
/** @type {number | undefined} */
let joy;

for (const n of TIMES)
  seconds.append(
    make('option', { value: String(n), textContent: n > 0 ? say.classroom.seconds({ n }) : say.classroom.noHurry }),
  );

/** @param {'before' | 'round' | 'after'} name */
function stage(name) {
  for (const each of ['before', 'round', 'after']) find(`#${each}`).hidden = each !== name;
  find('.settings').hidden = name === 'round';
  scrollTo(0, 0);
}

// ------------------------------------------------------------ a round

function start() {
  if (!classifier) return;
  asked = shuffledDigits();
  turns = [];
  stage('round');
  ask();
}

function ask() {
  stopClocks();
  pad.clear();
  const [label] = asked;
  find('#prompt').textContent = say.teach.ask.digits({ label });
  find('#count').textContent = say.classroom.count({ n: turns.length + 1, all: turns.length + asked.length });
  guess(say.classroom.looking);
  find('#prompt').focus();
  const time = 1000 * Number(seconds.value);
  left.hidden = time === 0;
  left.value = 1;
  if (time === 0) return;
  const end = performance.now() + time;
  clock = setInterval(() => {
    left.value = Math.max(0, (end - performance.now()) / time);
    if (left.value === 0) void next();
  }, TICK);
}

function stopClocks() {
  clearInterval(clock);
  clearTimeout(joy);
}

/** @param {string} text @param {boolean} [yes] */
function guess(text, yes = false) {
  const place = find('#guess');
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle('yes', yes);
}

/** What the network takes a drawing for. */
async function label() {
  return pad.blank ? undefined : ((await classifier?.predict(pad.value))?.label ?? undefined);
}

const look = newestOnly(async () => {
  try {
    const [wanted] = asked;
    const read = await label();
    if (wanted !== asked[0] || find('#round').hidden) return;
    clearTimeout(joy);
    const yes = read !== undefined && read === wanted && !pad.drawing;
    guess(read ? say.classroom[yes ? 'yes' : 'guess']({ label: read }) : say.classroom.looking, yes);
    if (yes) joy = setTimeout(next, JOY);
  } catch (error) {
    showError(error);
  }
});

/** Keeps what was drawn, and asks for the next; after the last one come the results. */
const next = newestOnly(() =>
  attempt(async () => {
    if (find('#round').hidden) return;
    stopClocks();
    const { strokes } = pad.value;
    const read = await label();
    const [wanted, ...others] = asked;
    asked = others;
    turns = [...turns, { label: wanted, strokes, read }];
    if (asked.length > 0) ask();
    else await showResults();
  }),
);

// ------------------------------------------------------------ its results

async function showResults() {
  stopClocks();
  stage('after');
  const [right, all] = [rightOf(turns), turns.length];
  find('#score').textContent = say.classroom[praise(right, all)]({ n: all, right, all });
  find('#results').replaceChildren(
    ...turns.map((turn) => {
      const { label: wanted, strokes, read } = turn;
      const told = strokes.length === 0 ? say.classroom.blank : said(read, wanted);
      return make(
        'li',
        { className: read === wanted ? 'right' : 'wrong' },
        thumbnail({ strokes }),
        make('span', { textContent: say.classroom.asked({ label: wanted }) }),
        make('b', { textContent: told }),
      );
    }),
  );
  const network = findA(HTMLSelectElement, '#network').selectedOptions[0]?.textContent ?? '';
  find('#rounds').append(make('li', { textContent: say.classroom.roundWas({ n: ++rounds, right, all, network }) }));
  const drawn = turns.filter(({ strokes }) => strokes.length > 0);
  const teach = findA(HTMLAnchorElement, '#teach-these');
  teach.hidden = drawn.length === 0;
  teach.href = `../teach/#digits/draw?add=${await toLink(drawn)}`;
  find('#score').focus();
}

/** @param {string | undefined} read @param {string} wanted */
function said(read, wanted) {
  if (read === undefined) return say.classroom.strange;
  return read === wanted ? say.classroom.read : say.classroom.readAs({ label: read });
}

// ------------------------------------------------------------ what is pressed

pad.addEventListener('strokestart', () => clearTimeout(joy));
pad.addEventListener('input', look);
startButton.addEventListener('click', start);
find('#again').addEventListener('click', start);
find('#next').addEventListener('click', next);
find('#clear').addEventListener('click', () => pad.clear());
find('#stop').addEventListener('click', () => {
  stopClocks();
  if (turns.length > 0) void attempt(showResults);
  else stage('before');
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.defaultPrevented || isTyping(event) || isPressable(event)) return;
  event.preventDefault();
  if (find('#round').hidden) start();
  else void next();
});

await createChoice(networks, /^teach\/digits$/, (ready) => {
  classifier = ready;
  startButton.disabled = false;
});
