import { answerIn } from '../shared/answer.js';
import { createChoice, showLatency } from '../shared/choice.js';
import { find, findA, isTyping } from '../shared/dom.js';
import { photoNetworks } from '../shared/networks.js';
import { newestOnly } from '../shared/newest.js';
import { attempt, clearErrors, showError } from '../shared/notice.js';
import { readClipboard, takePictures } from '../shared/pictures.js';
import { singleKeys } from '../shared/settings.js';
import { Camera } from './camera.js';
import { addPointers, addSlider, moveByKey, sizeByKey } from './hands.js';
import { View } from './view.js';

/** @import { Classifier, Prediction } from 'handful' */

/** The shorter side of the largest picture that is kept; a larger one would only make answers slower. */
const ENOUGH = 768;
/** Below this confidence the page says that it is not sure. */
const SURE = 0.7;

const canvas = findA(HTMLCanvasElement, '#view');
const view = new View(canvas);
addPointers(view, canvas);
addSlider(view, findA(HTMLInputElement, '#size'));
const camera = new Camera();
const showAnswer = answerIn(find('#answer'));

/** The classifier in use; none while the first one loads. @type {Classifier | undefined} */
let classifier;

// ------------------------------------------------------------ answers

const read = newestOnly(async () => {
  const asked = classifier;
  if (!asked) return;
  if (view.isBlank) return answer(undefined, asked.labels);
  const start = performance.now();
  try {
    const prediction = await asked.predict(view.cut(), { image: true });
    answer(prediction, asked.labels);
    showLatency(performance.now() - start);
  } catch (error) {
    if (asked === classifier) showError(error); // else another one has taken its place, and reads again
  }
});

/**
 * Shows an answer, the most probable label first.
 * @param {Prediction | undefined} prediction @param {readonly string[]} labels
 */
function answer(prediction, labels) {
  const { probabilities = labels.map(() => 0) } = prediction ?? {};
  const order = [...labels.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  showAnswer(
    prediction && { ...prediction, probabilities: order.map((i) => probabilities[i]) },
    order.map((i) => labels[i]),
  );
  const words = honest(prediction);
  if (find('#honest').textContent !== words) find('#honest').textContent = words;
}

/** @param {Prediction | undefined} prediction */
function honest(prediction) {
  if (!prediction) return 'It knows these ten things and nothing else.';
  if (prediction.confidence >= SURE) return 'It knows only these ten things and takes anything else for one of them.';
  return 'Not sure. It knows only these ten things; if one of them is in the picture, let it fill the square.';
}

view.addEventListener('change', read);

// ------------------------------------------------------------ pictures

takePictures(findA(HTMLInputElement, '#file'), show);

const paste = find('#paste');
paste.hidden = !navigator.clipboard?.read;
paste.addEventListener('click', () => attempt(async () => show(await readClipboard())));

/** @param {ImageBitmap} picture */
async function show(picture) {
  camera.stop();
  clearErrors();
  find('.pad').classList.remove('blank');
  view.show(await shrink(picture));
}

/** @param {ImageBitmap} picture */
async function shrink(picture) {
  const scale = ENOUGH / Math.min(picture.width, picture.height);
  if (scale >= 1) return picture;
  const side = (/** @type {number} */ length) => Math.round(length * scale);
  const smaller = await createImageBitmap(picture, {
    resizeWidth: side(picture.width),
    resizeHeight: side(picture.height),
    resizeQuality: 'high',
  });
  picture.close();
  return smaller;
}

// ------------------------------------------------------------ the camera

camera.addEventListener('frame', () => view.show(camera.frame));
camera.addEventListener('look', read);
camera.addEventListener('change', () => {
  find('#camera').textContent = camera.isOn ? 'Stop camera' : 'Camera';
  find('#switch').hidden = !camera.isOn || !camera.hasOthers;
  if (!camera.isOn) return;
  clearErrors();
  find('.pad').classList.remove('blank');
});
find('#camera').addEventListener('click', () => (camera.isOn ? camera.stop() : attempt(() => camera.start())));
find('#switch').addEventListener('click', () =>
  attempt(async () => {
    await camera.switch();
    find('#switch').focus({ preventScroll: true }); // it was hidden meanwhile
  }),
);
document.addEventListener('visibilitychange', () => document.hidden && camera.stop());

// ------------------------------------------------------------ keys

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if ((singleKeys() && sizeByKey(view, event)) || (event.target === canvas && moveByKey(view, event)))
    event.preventDefault();
});

await createChoice(photoNetworks, (next) => {
  classifier = next;
  void read();
});
