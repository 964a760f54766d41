import { answerIn } from '../shared/answer.js';
import { createChoice, showLatency } from '../shared/choice.js';
import { find, findA, isTyping } from '../shared/dom.js';
import { photoNetworks, savedForPhotos } from '../shared/networks.js';
import { newestOnly } from '../shared/newest.js';
import { attempt, clearErrors, showError } from '../shared/notice.js';
import { readClipboard, takePictures } from '../shared/pictures.js';
import { say } from '../shared/say.js';
import { singleKeys } from '../shared/settings.js';
import { Camera } from '../shared/camera.js';
import { addPointers, addSlider, moveByKey, sizeByKey } from './hands.js';
import { View } from './view.js';

/** @import { Classifier, Prediction } from 'handful' */

const words = say.photo;

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

/** Whether there is a new picture without an answer yet. */
let looking = false;

function showLooking() {
  if (view.isBlank) return;
  find('#answer').classList.remove('waiting');
  find('.confidence').textContent = words.looking;
}

const read = newestOnly(async () => {
  const asked = classifier;
  if (!asked || looking) showLooking();
  if (!asked) return;
  if (view.isBlank) return answer(undefined, asked.labels);
  const start = performance.now();
  try {
    const prediction = await asked.predict(view.cut(), { image: true });
    looking = false;
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
    prediction && {
      ...prediction,
      label: prediction.label && named(prediction.label),
      probabilities: order.map((i) => probabilities[i]),
    },
    order.map((i) => named(labels[i])),
  );
  const told = honest(prediction);
  if (find('#honest').textContent !== told) find('#honest').textContent = told;
}

/** What a label means, in the page's language where that is known. @param {string} label */
function named(label) {
  return new Map(Object.entries(words.things)).get(label) ?? label;
}

/** @param {Prediction | undefined} prediction */
function honest(prediction) {
  if (!prediction) return words.knowsTen;
  return prediction.confidence >= SURE ? words.onlyTen : words.unsure;
}

view.addEventListener('change', read);

// ------------------------------------------------------------ pictures

const file = findA(HTMLInputElement, '#file');
takePictures(file, show);
// An empty place for a picture asks for one.
canvas.addEventListener('click', () => view.isBlank && file.click());

for (const button of document.querySelectorAll('#samples button'))
  button.addEventListener('click', () =>
    attempt(async () => {
      const image = findA(HTMLImageElement, 'img', button);
      await image.decode();
      await show(await createImageBitmap(image));
    }),
  );

const paste = find('#paste');
paste.hidden = !navigator.clipboard?.read;
paste.addEventListener('click', () => attempt(async () => show(await readClipboard())));

/** @param {ImageBitmap} picture */
async function show(picture) {
  camera.stop();
  clearErrors();
  const smaller = await shrink(picture);
  showPlace();
  view.show(smaller);
}

/** There is a picture: its place is no button any more, and its square can be sized. */
function showPlace() {
  looking = true;
  find('.pad').classList.remove('blank');
  find('.size').hidden = false;
  find('#or').hidden = true;
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
  find('#camera').textContent = camera.isOn ? words.stopCamera : words.camera;
  find('#switch').hidden = !camera.isOn || !camera.hasOthers;
  if (!camera.isOn) return;
  clearErrors();
  showPlace();
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
  if (event.key === 'Enter' && event.target === canvas && view.isBlank) return file.click();
  if ((singleKeys() && sizeByKey(view, event)) || (event.target === canvas && moveByKey(view, event)))
    event.preventDefault();
});

await createChoice(photoNetworks, savedForPhotos, (next) => {
  classifier = next;
  void read();
});
