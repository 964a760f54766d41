import { InkPad } from 'handful/elements';
import { answerIn } from '../shared/answer.js';
import { find, findA } from '../shared/dom.js';
import { newestOnly } from '../shared/newest.js';
import { showError } from '../shared/notice.js';

/**
 * The pad to try the network on.
 * @param {() => import('./net.js').Net} current The network of the mode in use.
 * @returns {{ pad: InkPad, read(): Promise<void> }} `read` answers again, after the network has changed.
 */
export function createTrial(current) {
  const pad = findA(InkPad, '#try-pad');
  const show = answerIn(find('#try .trial'));

  const read = newestOnly(async () => {
    const { classifier, about } = current();
    find('#untaught').hidden = Boolean(classifier) || !about;
    find('#try .trial').hidden = !classifier;
    if (!classifier) return;
    if (pad.blank) return show(undefined, classifier.labels);
    try {
      const prediction = await classifier.predict(pad.value, { image: true });
      show(pad.blank ? undefined : prediction, classifier.labels);
    } catch (error) {
      if (classifier === current().classifier) showError(error); // else another has taken its place
    }
  });

  pad.addEventListener('input', read);
  find('#try-clear').addEventListener('click', () => pad.clear());
  return { pad, read };
}
