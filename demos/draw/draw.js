import { answerIn } from '../shared/answer.js';
import { createChoice, showLatency } from '../shared/choice.js';
import { find, findA, isTyping } from '../shared/dom.js';
import { addKeyboardPen } from '../shared/keyboard-pen.js';
import { networks } from '../shared/networks.js';
import { newestOnly } from '../shared/newest.js';
import { showError } from '../shared/notice.js';
import { Pad } from '../shared/pad.js';
import { takePictures } from '../shared/pictures.js';

const canvas = findA(HTMLCanvasElement, '#pad');
const pad = new Pad(canvas);
addKeyboardPen(pad, canvas);
const showAnswer = answerIn(find('#answer'));

/** The classifier in use; none while the first one loads. @type {import('handful').Classifier | undefined} */
let classifier;

// ------------------------------------------------------------ reading

const read = newestOnly(async () => {
  const asked = classifier;
  if (!asked) return;
  if (pad.isBlank) return rest(asked.labels);
  const input = pad.picture ?? { strokes: pad.strokes };
  const start = performance.now();
  try {
    const prediction = await asked.predict(input, { image: true });
    if (pad.isBlank) return rest(asked.labels);
    showAnswer(prediction, asked.labels);
    showLatency(performance.now() - start);
  } catch (error) {
    if (asked === classifier) showError(error); // else another one has taken its place, and reads again
  }
});

/** @param {readonly string[]} labels */
function rest(labels) {
  showAnswer(undefined, labels);
  showLatency(undefined);
}

pad.addEventListener('change', () => {
  find('.pad').classList.toggle('blank', pad.isBlank);
  void read();
});

find('#undo').addEventListener('click', () => pad.undo());
find('#clear').addEventListener('click', () => pad.clear());
takePictures(findA(HTMLInputElement, '#file'), (picture) => pad.show(picture));

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  const withControl = event.ctrlKey || event.metaKey;
  if (key === 'z' && !event.shiftKey) pad.undo();
  else if ((key === 'c' || key === 'backspace' || key === 'delete') && !withControl) pad.clear();
  else return;
  event.preventDefault();
});

await createChoice(networks, (next) => {
  classifier = next;
  void read();
});
