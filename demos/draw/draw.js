import { InkPad } from 'handful/elements';
import { answerIn } from '../shared/answer.js';
import { addCarrying, keepDrawing } from '../shared/carry.js';
import { createChoice, showLatency } from '../shared/choice.js';
import { contextOf, find, findA, isTyping } from '../shared/dom.js';
import { networks, savedForInk } from '../shared/networks.js';
import { newestOnly } from '../shared/newest.js';
import { showError } from '../shared/notice.js';
import { takePictures } from '../shared/pictures.js';
import { say } from '../shared/say.js';
import { singleKeys } from '../shared/settings.js';
import { createUse } from '../shared/use.js';

const pad = findA(InkPad, '#pad');
const showAnswer = answerIn(find('#answer'));

/** The classifier in use; none while the first one loads. @type {import('handful').Classifier | undefined} */
let classifier;

// ------------------------------------------------------------ a picture

/** What lies on the pad instead of ink. @type {ImageBitmap | undefined} */
let picture;

/** Pictures are large, so the one before is freed at once. @param {ImageBitmap | undefined} next */
function lay(next) {
  const canvas = findA(HTMLCanvasElement, '#picture');
  picture?.close();
  picture = next;
  canvas.hidden = !next;
  if (next) {
    pad.value = null;
    Object.assign(canvas, { width: next.width, height: next.height });
    contextOf(canvas).drawImage(next, 0, 0);
  }
  void read();
}

const isBlank = () => pad.blank && !picture;

function undo() {
  if (picture) lay(undefined);
  else pad.undo();
}

function clear() {
  if (picture) lay(undefined);
  pad.clear();
}

// ------------------------------------------------------------ reading

const read = newestOnly(async () => {
  const asked = classifier;
  if (!asked) return;
  if (isBlank()) return rest(asked.labels);
  const input = picture ?? pad.value;
  const start = performance.now();
  try {
    const prediction = await asked.predict(input, { image: true });
    if (isBlank()) return rest(asked.labels);
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

pad.addEventListener('strokestart', () => lay(undefined));
pad.addEventListener('input', read);

find('#undo').addEventListener('click', undo);
find('#clear').addEventListener('click', clear);
takePictures(findA(HTMLInputElement, '#file'), lay);
keepDrawing(pad, 'handful-draw');
addCarrying(pad);

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || isTyping(event) || event.altKey) return;
  const key = event.key.toLowerCase();
  const withControl = event.ctrlKey || event.metaKey;
  if (!withControl && !singleKeys() && key.length === 1) return;
  if (key === 'z' && !event.shiftKey) undo();
  else if ((key === 'c' || key === 'backspace' || key === 'delete') && !withControl) clear();
  else return;
  event.preventDefault();
});

createUse(() => ({ classifier, id: networks.find(({ id }) => id === findA(HTMLSelectElement, '#network').value)?.id }));

await createChoice(networks, savedForInk, (next) => {
  classifier = next;
  const readsDigits = next.labels.join('') === '0123456789';
  find('.hint').textContent = readsDigits ? say.draw.hint : say.draw.hintOneOf({ labels: next.labels.join('  ') });
  void read();
});
