import { InkPad } from 'handful/elements';
import { answerIn } from '../shared/answer.js';
import { find, findA } from '../shared/dom.js';
import { newestOnly } from '../shared/newest.js';
import { showError } from '../shared/notice.js';

/**
 * Where the network is tried: on a pad, or on what the camera sees.
 * @param {() => { net: import('./net.js').Net, usesCamera: boolean }} current
 * @param {import('../shared/camera.js').Camera} camera
 * @returns {{ pad: InkPad, read(): Promise<void> }} `read` answers again, after the network has changed.
 */
export function createTrial(current, camera) {
  const scene = findA(HTMLCanvasElement, '#try canvas.scene');
  const pad = findA(InkPad, '#try-pad');
  const show = answerIn(find('#try .trial'));

  const read = newestOnly(async () => {
    const { net, usesCamera } = current();
    const { classifier, origin } = net;
    /** What there is to see now. */
    const sight = () => (usesCamera ? (camera.isOn ? scene : undefined) : pad.blank ? undefined : pad.value);
    find('#untaught').hidden = Boolean(classifier) || !origin;
    find('#try .trial').hidden = !classifier;
    if (!classifier) return;
    const input = sight();
    if (!input) return show(undefined, classifier.labels);
    try {
      const prediction = await classifier.predict(input, { image: true });
      show(sight() ? prediction : undefined, classifier.labels);
    } catch (error) {
      if (classifier === current().net.classifier) showError(error); // else another has taken its place
    }
  });

  pad.addEventListener('input', read);
  for (const type of ['look', 'change']) camera.addEventListener(type, () => scene.checkVisibility() && read());
  find('#try-clear').addEventListener('click', () => pad.clear());
  return { pad, read };
}
