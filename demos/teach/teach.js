import { find, findA, isTyping, make } from '../shared/dom.js';
import { attempt, clearErrors, showError } from '../shared/notice.js';
import { createBoard } from './collect.js';
import { Examples, modeNames, modes, read, write } from './examples.js';
import { teach } from './lesson.js';
import { showLibrary } from './library.js';
import { beginnings, Net } from './net.js';
import { showCurves, showResult } from './results.js';
import { createShelf } from './shelf.js';
import { createTrial } from './trial.js';

/**
 * @import { Progress } from 'handful'
 * @import { Mode } from './examples.js'
 * @import { LessonResult } from './lesson.js'
 */

/** @type {Mode} */
let mode = location.hash === '#symbols' ? 'symbols' : 'digits';
const examples = { digits: new Examples('digits'), symbols: new Examples('symbols') };
const nets = { digits: new Net('digits'), symbols: new Net('symbols') };

const board = createBoard(mode, examples[mode]);
const trial = createTrial(() => nets[mode]);
createShelf(
  () => nets[mode],
  () => `handful-${mode}.safetensors`,
);

for (const each of modeNames) {
  examples[each].addEventListener('change', () => each === mode && showLibrary(examples[each]));
  nets[each].addEventListener('change', () => each === mode && showNet());
}
find('#remove-all').addEventListener('click', () => attempt(() => examples[mode].removeAll()));

// ------------------------------------------------------------ modes

const radios = modeNames.map((each) => ({ each, radio: findA(HTMLInputElement, `[name=mode][value=${each}]`) }));
for (const { each, radio } of radios) {
  radio.checked = each === mode;
  radio.addEventListener('change', () => setMode(each));
}

/** @param {Mode} next */
function setMode(next) {
  mode = next;
  history.replaceState(null, '', `#${mode}`);
  board.setMode(mode, examples[mode]);
  showLibrary(examples[mode]);
  trial.pad.clear();
  showResult(lastResult());
  find('#outcome').textContent = '';
  showNet();
  if (!nets[mode].classifier) void attempt(() => nets[mode].open());
}

function showNet() {
  const { classifier, about } = nets[mode];
  const from = findA(HTMLSelectElement, '#from');
  const chosen = from.value;
  from.replaceChildren(
    ...beginnings[mode].map(({ id, name }) => make('option', { value: id, textContent: name })),
    make('option', { value: 'current', textContent: 'the one below', disabled: !classifier }),
  );
  if ([...from.options].some(({ value }) => value === chosen)) from.value = chosen;
  find('#about').textContent = classifier ? `${about} ${classifier.backend.reason}` : 'loading…';
  for (const each of document.querySelectorAll('#keep button, #import')) each.toggleAttribute('disabled', !classifier);
  void trial.read();
}

// ------------------------------------------------------------ a lesson

/** The one under way, or the last. @type {AbortController | undefined} */
let lesson;
find('#teach').addEventListener('click', start);
find('#cancel').addEventListener('click', () => lesson?.abort());

async function start() {
  const [its, net, key] = [examples[mode], nets[mode], resultKey()]; // the mode may change meanwhile
  const from = findA(HTMLSelectElement, '#from').value;
  const { signal } = (lesson = new AbortController());
  running(true);
  try {
    const { student, result } = await teach({
      from: (from === 'current' && net.classifier) || from,
      samples: its.samples,
      labels: modes[mode].own ? its.labels.filter((label) => its.of(label).length > 0) : its.labels,
      signal,
      onProgress: showProgress,
    });
    clearErrors();
    const learned = result.report.kept === 'tuned';
    if (learned) await net.use(student, `Taught with ${its.all.length} examples.`);
    else student.dispose(); // no better than where it started from; the one in use stays
    write(key, result);
    if (key === resultKey()) showResult(result);
    find('#outcome').textContent = learned ? 'Done: try it below.' : 'No better than before, so nothing has changed.';
  } catch (error) {
    showError(error);
    showResult(lastResult());
    find('#outcome').textContent = signal.aborted ? 'Cancelled; nothing has changed.' : '';
  } finally {
    running(false);
  }
}

/** @param {boolean} now */
function running(now) {
  const isWatched = [document.body, find('#cancel')].some((each) => each === document.activeElement);
  find('#teach').hidden = now;
  find('#cancel').hidden = !now;
  find('#progress').hidden = !now;
  for (const { radio } of radios) radio.disabled = now;
  if (!now) return isWatched && find('#teach').focus({ preventScroll: true }); // else people went on to something else
  showResult(undefined);
  find('#outcome').textContent = '';
  findA(HTMLProgressElement, '#progress progress').value = 0;
  find('#phase').textContent = 'preparing…';
  find('#cancel').focus({ preventScroll: true });
}

/** @param {Progress} progress */
function showProgress({ phase, fraction, epoch, epochs, history }) {
  findA(HTMLProgressElement, '#progress progress').value = fraction;
  find('#phase').textContent = phase === 'training' ? `epoch ${epoch} of ${epochs}` : `${phase}…`;
  if (history && epochs) showCurves(history, epochs);
}

/** How the last lesson of this mode ended. */
function lastResult() {
  return /** @type {LessonResult | undefined} */ (read(resultKey()));
}

function resultKey() {
  return `handful-teach-result-${mode}`;
}

// ------------------------------------------------------------ keys

/** Whether Enter presses what has the focus. @param {Event} event */
const isPressable = ({ target }) => target instanceof Element && target.closest('button, a, label, summary') !== null;

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || isTyping(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  const withControl = event.ctrlKey || event.metaKey;
  const trying = find('#try').contains(document.activeElement);
  if (key === 'z' && !event.shiftKey) (trying ? trial.pad : board).undo();
  else if (withControl) return;
  else if (key === 'c' || key === 'backspace' || key === 'delete') (trying ? trial.pad : board.pad).clear();
  else if (/^[0-9]$/.test(key)) board.pick(modes[mode].own ? (Number(key) + 9) % 10 : Number(key));
  else if (key === 'enter' && !isPressable(event)) board.add();
  else return;
  event.preventDefault();
});

setMode(mode);
