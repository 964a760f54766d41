import { answerIn } from '../shared/answer.js';
import { find, findA } from '../shared/dom.js';
import { addKeyboardPen } from '../shared/keyboard-pen.js';
import { newestOnly } from '../shared/newest.js';
import { showError } from '../shared/notice.js';
import { Pad } from '../shared/pad.js';

/**
 * The pad to try the network on.
 * @param {() => import('./net.js').Net} current The network of the mode in use.
 * @returns {{ pad: Pad, read(): Promise<void> }} `read` answers again, after the network has changed.
 */
export function createTrial(current) {
  const canvas = findA(HTMLCanvasElement, '#try-pad');
  const pad = new Pad(canvas);
  addKeyboardPen(pad, canvas);
  const show = answerIn(find('#try .trial'));

  const read = newestOnly(async () => {
    const { classifier } = current();
    if (!classifier) return;
    if (pad.isBlank) return show(undefined, classifier.labels);
    try {
      const prediction = await classifier.predict({ strokes: pad.strokes }, { image: true });
      show(pad.isBlank ? undefined : prediction, classifier.labels);
    } catch (error) {
      if (classifier === current().classifier) showError(error); // else another has taken its place
    }
  });

  pad.addEventListener('change', () => {
    find('#try .pad').classList.toggle('blank', pad.isBlank);
    void read();
  });
  find('#try-clear').addEventListener('click', () => pad.clear());
  return { pad, read };
}
