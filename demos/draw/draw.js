import { load } from 'handful';
import { answerIn } from '../shared/answer.js';
import { find, isTyping, make } from '../shared/dom.js';
import { addKeyboardPen } from '../shared/keyboard-pen.js';
import { backends, describeBackend, networks } from '../shared/networks.js';
import { newestOnly } from '../shared/newest.js';
import { clearErrors, showError } from '../shared/notice.js';
import { Pad } from '../shared/pad.js';
import { takePictures } from './pictures.js';

const canvas = find('#pad');
const pad = new Pad(canvas);
addKeyboardPen(pad, canvas);
const showAnswer = answerIn(find('#answer'));

/** The classifier in use; none while the first one loads. */
let classifier;

// ------------------------------------------------------------ reading

const read = newestOnly(async () => {
  const asked = classifier;
  if (!asked) return;
  if (pad.isBlank) return rest();
  const input = pad.picture ?? { strokes: pad.strokes };
  const start = performance.now();
  try {
    const prediction = await asked.predict(input, { image: true });
    if (pad.isBlank) return rest();
    showAnswer(prediction, asked.labels);
    find('#latency').textContent = `· ${(performance.now() - start).toFixed(1)} ms an answer`;
  } catch (error) {
    if (asked === classifier) showError(error); // else another one has taken its place, and reads again
  }
});

function rest() {
  showAnswer(undefined, classifier.labels);
  find('#latency').textContent = '';
}

pad.addEventListener('change', () => {
  find('.pad').classList.toggle('blank', pad.isBlank);
  void read();
});

find('#undo').addEventListener('click', () => pad.undo());
find('#clear').addEventListener('click', () => pad.clear());
takePictures(find('#file'), (picture) => pad.show(picture));

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  const withControl = event.ctrlKey || event.metaKey;
  if (key === 'z' && !event.shiftKey) pad.undo();
  else if ((key === 'c' || key === 'backspace' || key === 'delete') && !withControl) pad.clear();
  else return;
  event.preventDefault();
});

// ------------------------------------------------------------ choosing a network and a backend

const choice = { network: find('#network'), backend: find('#backend') };
fill(choice.network, networks);
fill(choice.backend, backends);
/** What the classifier in use was loaded with, to go back to if another does not load. */
let chosen;
let loading = new AbortController();

async function open() {
  const wanted = { network: choice.network.value, backend: choice.backend.value };
  loading.abort();
  const { signal } = (loading = new AbortController());
  find('#runs').textContent = 'loading…';
  find('#latency').textContent = find('#reason').textContent = '';
  try {
    const next = await load(wanted.network, {
      backend: wanted.backend,
      signal,
      onProgress: ({ fraction }) => {
        if (!signal.aborted) find('#runs').textContent = `loading… ${Math.round(100 * fraction)} %`;
      },
    });
    if (signal.aborted) return next.dispose();
    clearErrors();
    classifier?.dispose();
    classifier = next;
    chosen = wanted;
    history.replaceState(null, '', `#${new URLSearchParams(wanted)}`);
  } catch (error) {
    if (signal.aborted) return;
    showError(error);
    if (chosen) choose(chosen); // the one before is still there
  }
  if (!classifier) return (find('#runs').textContent = 'no network is loaded');
  find('#runs').textContent = describeBackend(classifier.backend);
  find('#reason').textContent = classifier.backend.reason;
  if (pad.isBlank) rest();
  else await read();
}

function fill(select, options) {
  select.replaceChildren(...options.map(({ id, name }) => make('option', { value: id, textContent: name })));
}

/** Sets the menus; what they do not offer leaves them as they are. */
function choose(wanted) {
  for (const [name, select] of Object.entries(choice)) {
    if ([...select.options].some(({ value }) => value === wanted[name])) select.value = wanted[name];
  }
}

function openFromAddress() {
  choose(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
  return open();
}

for (const select of Object.values(choice)) select.addEventListener('change', open);
addEventListener('hashchange', openFromAddress);
await openFromAddress();
