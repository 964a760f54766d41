import { find, findA, isPressable, isTyping, make } from '../shared/dom.js';
import { networks } from '../shared/networks.js';
import { attempt, clearErrors, showError } from '../shared/notice.js';
import { say } from '../shared/say.js';
import { singleKeys } from '../shared/settings.js';
import { read, write } from '../shared/store.js';
import { createUse } from '../shared/use.js';
import { createBoard } from './collect.js';
import { Examples, modeNames, modes } from './examples.js';
import { createExchange } from './exchange.js';
import { rejoice } from '../shared/joy.js';
import { teach } from './lesson.js';
import { showWall } from './library.js';
import { beginnings, Net, told } from './net.js';
import { isGood, showOutcome } from './outcome.js';
import { createRecorder } from './record.js';
import { showCurves, showResult } from './results.js';
import { createShelf } from './shelf.js';
import { createSteps, go, place } from './steps.js';
import { createTrial } from './trial.js';

/**
 * @import { Progress } from 'handful'
 * @import { Mode } from './examples.js'
 * @import { LessonResult } from './lesson.js'
 */

let { mode } = place();
const examples = { digits: new Examples('digits'), symbols: new Examples('symbols'), things: new Examples('things') };
const nets = { digits: new Net('digits'), symbols: new Net('symbols'), things: new Net('things') };

const board = createBoard(mode, examples[mode]);
const camera = createRecorder(board.takePictures);
const trial = createTrial(() => ({ net: nets[mode], usesCamera: modes[mode].camera }), camera);
const shelf = createShelf(
  () => ({ mode, net: nets[mode] }),
  () => keep(undefined),
);

createUse(() => ({
  classifier: nets[mode].classifier,
  id: nets[mode].origin?.from === 'asItCame' ? networks[0].id : undefined,
}));

for (const each of modeNames) {
  examples[each].addEventListener('change', () => each === mode && showWall(examples[each]));
  nets[each].addEventListener('change', () => each === mode && showNet());
}

// ------------------------------------------------------------ modes and steps

const radios = modeNames.map((each) => ({ each, radio: findA(HTMLInputElement, `[name=mode][value=${each}]`) }));
for (const { each, radio } of radios) radio.addEventListener('change', () => go(each, 'draw'));
/** @type {Mode | undefined} */
let shown;

createSteps((next, step) => {
  if (shown !== next) setMode(next);
  if (!modes[next].camera || step === 'teach') camera.stop();
  if (step === 'try') void trial.read();
});
board.receive();
createExchange(() => ({ mode, net: nets[mode], examples: examples[mode] }), {
  onNetwork: () => keep(undefined),
  onDrawings: (count) => board.tell(say.teach.drawingsAdded({ n: count })),
});

/** @param {Mode} next */
function setMode(next) {
  mode = shown = next;
  for (const { each, radio } of radios) radio.checked = each === mode;
  for (const [selector, hidden] of Object.entries({
    '#try ink-pad, #try-clear, #use, #share, .drawings, .field.from': modes[mode].camera,
    '#try .scene, #try .start-camera, .things': !modes[mode].camera,
  }))
    for (const each of document.querySelectorAll(selector)) each.toggleAttribute('hidden', hidden);
  board.setMode(mode, examples[mode]);
  void shelf.list();
  findA(HTMLAnchorElement, '#show-me').href = `#${mode}/draw`;
  showWall(examples[mode]);
  trial.pad.clear();
  show(lastResult());
  showNet();
  if (!nets[mode].classifier) void attempt(() => nets[mode].open());
}

function showNet() {
  const { classifier, origin } = nets[mode];
  const from = findA(HTMLSelectElement, '#from');
  const chosen = from.value;
  from.replaceChildren(
    ...beginnings[mode].map(({ id, name }) => make('option', { value: id, textContent: name })),
    make('option', { value: 'current', textContent: say.teach.theOneInUse, disabled: !classifier }),
  );
  if ([...from.options].some(({ value }) => value === chosen)) from.value = chosen;
  find('#about').textContent = origin ? told(origin) : say.common.loading;
  find('#reason').textContent = classifier?.backend.reason ?? '';
  for (const each of document.querySelectorAll('#save button, #export, #share, #reset'))
    each.toggleAttribute('disabled', !classifier);
  void trial.read();
}

// ------------------------------------------------------------ a lesson

/** The one under way, or the last. @type {AbortController | undefined} */
let lesson;
find('#start').addEventListener('click', start);
find('#teach-these').addEventListener('click', () => {
  go(mode, 'teach');
  void start();
});
find('#cancel').addEventListener('click', () => lesson?.abort());

async function start() {
  const [its, net, key, taught] = [examples[mode], nets[mode], resultKey(), mode]; // the mode may change meanwhile
  const from = findA(HTMLSelectElement, '#from').value;
  const { signal } = (lesson = new AbortController());
  running(true);
  try {
    const { student, result } = await teach({
      ...(modes[taught].camera
        ? { from: beginnings.things[0].id, layers: 'head' }
        : { from: (from === 'current' && net.classifier) || from }),
      samples: await its.samples(),
      labels: modes[taught].own ? its.begun : its.labels,
      signal,
      onProgress: showProgress,
    });
    clearErrors();
    if (result.report.kept === 'tuned') await net.use(student, { from: 'taughtWith', n: its.all.length });
    else student.dispose(); // no better than where it started from; the one in use stays
    write(key, result);
    if (taught !== mode) return;
    show(result);
    if (isGood(result)) rejoice(its.all);
    if (place().step === 'teach') go(mode, 'try');
  } catch (error) {
    showError(error);
    show(lastResult());
    find('#phase').textContent = signal.aborted ? say.teach.cancelled : '';
  } finally {
    running(false);
  }
}

/** @param {boolean} now */
function running(now) {
  const isWatched = [document.body, find('#cancel')].some((each) => each === document.activeElement);
  find('#start').hidden = now;
  find('#cancel').hidden = !now;
  find('#progress').hidden = !now;
  find('#wall').classList.toggle('busy', now);
  findA(HTMLButtonElement, '#teach-these').disabled = now;
  for (const { radio } of radios) radio.disabled = now;
  if (!now) return isWatched && find('#start').focus({ preventScroll: true }); // else people went on to something else
  show(undefined);
  findA(HTMLProgressElement, '#progress progress').value = 0;
  find('#phase').textContent = say.teach.phases.preparing;
  find('#cancel').focus({ preventScroll: true });
}

/** @param {Progress} progress */
function showProgress({ phase, fraction, epoch, epochs, history }) {
  findA(HTMLProgressElement, '#progress progress').value = fraction;
  find('#phase').textContent = epoch && epochs ? say.teach.round({ epoch, of: epochs }) : say.teach.phases[phase];
  if (history && epochs) showCurves(history, epochs);
}

/** @param {LessonResult | undefined} result */
function show(result) {
  showResult(result);
  showOutcome(result, mode);
}

/** Keeps how a lesson ended, or forgets it. @param {LessonResult | undefined} result */
function keep(result) {
  write(resultKey(), result ?? null);
  show(result);
}

/** How the last lesson of this mode ended. */
function lastResult() {
  return /** @type {LessonResult | undefined} */ (read(resultKey()));
}

function resultKey() {
  return `handful-teach-result-${mode}`;
}

// ------------------------------------------------------------ keys

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || isTyping(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  const withControl = event.ctrlKey || event.metaKey;
  const { step } = place();
  const trying = step === 'try';
  if (!withControl && !singleKeys() && key.length === 1) return;
  if (step === 'teach') return;
  if (key === 'z' && !event.shiftKey) (trying ? trial.pad : board).undo();
  else if (withControl) return;
  else if (key === 'c' || key === 'backspace' || key === 'delete') (trying ? trial.pad : board.pad).clear();
  else if (trying) return;
  else if (/^[0-9]$/.test(key)) board.pick(modes[mode].own ? (Number(key) + 9) % 10 : Number(key));
  else if (key === 'enter' && !isPressable(event)) board.add();
  else return;
  event.preventDefault();
});
