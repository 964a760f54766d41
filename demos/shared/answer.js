import { showBars } from './bars.js';
import { contextOf, find, findA, make } from './dom.js';
import { percent, say } from './say.js';

/** @import { Prediction, PreparedImage } from 'handful' */

/**
 * Shows predictions in an element that holds `.label` (live), `.confidence`, a `canvas.seen` and `ul.bars`; what is for
 * `data-rejected` is shown where there is no label for that reason.
 * @param {HTMLElement} root
 * @returns what shows one; without a prediction it waits for ink
 */
export function answerIn(root) {
  const label = find('.label', root);
  const confidence = find('.confidence', root);
  const seen = findA(HTMLCanvasElement, 'canvas.seen', root);
  const bars = findA(HTMLUListElement, 'ul.bars', root);

  /** @param {Prediction | undefined} prediction @param {readonly string[]} labels */
  return function show(prediction, labels) {
    const text = prediction?.label ?? '';
    const strange = say.common.strange[prediction?.rejected ?? 'blank'];
    const told = text || (prediction ? strange : '');
    // Only when it changes, for those who listen; they are told here what others see below.
    if (label.textContent !== told) {
      label.replaceChildren(text || make('span', { className: 'sr-only', textContent: told }));
      label.classList.toggle('long', text.length > 2);
    }
    const why = prediction && !text ? prediction.rejected : undefined;
    root.classList.toggle('waiting', !prediction || why === 'blank');
    root.classList.toggle('strange', why !== undefined);
    for (const lead of root.querySelectorAll('[data-rejected]'))
      lead.toggleAttribute('hidden', lead.getAttribute('data-rejected') !== why);
    confidence.textContent = prediction && text ? say.common.sure({ share: percent(prediction.confidence) }) : strange;
    showImage(seen, prediction?.image);
    showBars(bars, labels, prediction?.probabilities ?? labels.map(() => 0));
  };
}

/**
 * Draws what the network saw: colours as they are; ink in the text's colour, on nothing.
 * @param {HTMLCanvasElement} canvas
 * @param {PreparedImage | undefined} image
 */
function showImage(canvas, image) {
  const context = contextOf(canvas);
  if (!image) return context.clearRect(0, 0, canvas.width, canvas.height);
  const { width, height, channels, data } = image;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pixels = context.createImageData(width, height);
  const byte = (/** @type {number} */ value) => Math.round(255 * value);
  for (let i = 0; i < width * height; i++) {
    if (channels === 3) pixels.data.set([...data.subarray(3 * i, 3 * i + 3), 1].map(byte), 4 * i);
    else pixels.data[4 * i + 3] = byte(data[i]); // black with alpha; CSS inverts it in the dark
  }
  context.putImageData(pixels, 0, 0);
}
