import { find, isTyping, make } from '../shared/dom.js';
import { networks } from '../shared/networks.js';
import { attempt, clearErrors, showError } from '../shared/notice.js';
import { createBoard } from './collect.js';
import { Examples, modes, read, write } from './examples.js';
import { teach } from './lesson.js';
import { showLibrary } from './library.js';
import { Net } from './net.js';
import { showCurves, showResult } from './results.js';
import { createShelf } from './shelf.js';
import { createTrial } from './trial.js';

let mode = location.hash === '#symbols' ? 'symbols' : 'digits';
const examples = Object.fromEntries(Object.keys(modes).map((each) => [each, new Examples(each)]));
const nets = Object.fromEntries(Object.keys(modes).map((each) => [each, new Net(each)]));

const board = createBoard();
const trial = createTrial(() => nets[mode]);
createShelf(
  () => nets[mode],
  () => `handful-${mode}.safetensors`,
);

for (const each of Object.keys(modes)) {
  examples[each].addEventListener('change', () => each === mode && showLibrary(examples[each]));
  nets[each].addEventListener('change', () => each === mode && showNet());
}
find('#remove-all').addEventListener('click', () => attempt(() => examples[mode].removeAll()));

// ------------------------------------------------------------ modes

for (const radio of document.getElementsByName('mode')) {
  radio.checked = radio.value === mode;
  radio.addEventListener('change', () => setMode(radio.value));
}

function setMode(next) {
  mode = next;
  history.replaceState(null, '', `#${mode}`);
  board.setMode(mode, examples[mode]);
  showLibrary(examples[mode]);
  trial.pad.clear();
  showResult(read(resultKey()));
  find('#outcome').textContent = '';
  showNet();
  if (!nets[mode].classifier) void attempt(() => nets[mode].open());
}

function showNet() {
  const { classifier, about } = nets[mode];
  const from = find('#from');
  const chosen = from.value;
  from.replaceChildren(
    ...networks.map(({ id, name }) => make('option', { value: id, textContent: name })),
    make('option', { value: 'current', textContent: 'the one below', disabled: !classifier }),
  );
  if (chosen) from.value = chosen;
  find('#about').textContent = classifier ? `${about} ${classifier.backend.reason}` : 'loading…';
  for (const button of document.querySelectorAll('#keep button, #import')) button.disabled = !classifier;
  void trial.read();
}

// ------------------------------------------------------------ a lesson

let lesson;
find('#teach').addEventListener('click', start);
find('#cancel').addEventListener('click', () => lesson?.abort());

async function start() {
  const [its, net, key] = [examples[mode], nets[mode], resultKey()]; // the mode may change meanwhile
  const from = find('#from').value;
  lesson = new AbortController();
  running(true);
  try {
    const { student, result } = await teach({
      from: from === 'current' ? net.classifier : from,
      samples: its.samples,
      labels: modes[mode].own ? its.labels.filter((label) => its.of(label).length > 0) : its.labels,
      signal: lesson.signal,
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
    showResult(read(resultKey()));
    find('#outcome').textContent = lesson.signal.aborted ? 'Cancelled; nothing has changed.' : '';
  } finally {
    running(false);
  }
}

function running(now) {
  const isWatched = [document.body, find('#cancel')].includes(document.activeElement);
  find('#teach').hidden = now;
  find('#cancel').hidden = !now;
  find('#progress').hidden = !now;
  for (const radio of document.getElementsByName('mode')) radio.disabled = now;
  if (!now) return isWatched && find('#teach').focus({ preventScroll: true }); // else people went on to something else
  showResult(undefined);
  find('#outcome').textContent = '';
  find('#progress progress').value = 0;
  find('#phase').textContent = 'preparing…';
  find('#cancel').focus({ preventScroll: true });
}

function showProgress({ phase, fraction, epoch, epochs, history }) {
  find('#progress progress').value = fraction;
  find('#phase').textContent = phase === 'training' ? `epoch ${epoch} of ${epochs}` : `${phase}…`;
  if (history && epochs) showCurves(history, epochs);
}

function resultKey() {
  return `handful-teach-result-${mode}`;
}

// ------------------------------------------------------------ keys

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  const withControl = event.ctrlKey || event.metaKey;
  const trying = find('#try').contains(document.activeElement);
  if (key === 'z' && !event.shiftKey) (trying ? trial.pad : board).undo();
  else if (withControl) return;
  else if (key === 'c' || key === 'backspace' || key === 'delete') (trying ? trial.pad : board.pad).clear();
  else if (/^[0-9]$/.test(key)) board.pick(modes[mode].own ? (Number(key) + 9) % 10 : Number(key));
  else if (key === 'enter' && !event.target.closest('button, a, label, summary')) board.add();
  else return;
  event.preventDefault();
});

setMode(mode);
