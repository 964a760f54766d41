import { load } from 'handful';
import { say, Trouble } from '../shared/say.js';

/**
 * Teaches a copy of a network, so that the one in use answers meanwhile and is untouched whatever happens.
 *
 * @param {object} lesson
 * @param {import('handful').Classifier | string} lesson.from A network to learn on from, or a pretrained id.
 * @param {import('handful').Sample[]} lesson.samples
 * @param {string[]} lesson.labels What it shall tell apart.
 * @param {'head'} [lesson.layers] What learns, where that is not left to handful.
 * @param {AbortSignal} lesson.signal
 * @param {(progress: import('handful').Progress) => void} lesson.onProgress
 * @returns {Promise<{ student: import('handful').Classifier, result: LessonResult }>} The caller disposes of the student.
 *
 * @typedef {import('handful').Evaluation & { labels: string[] }} Measured On all examples.
 * @typedef {{ report: import('handful').FineTuneReport, before?: Measured, after: Measured }} LessonResult
 *   `before` is there only if it knew all labels.
 */
export async function teach({ from, samples, labels, layers, signal, onProgress }) {
  if (samples.length === 0) throw new Trouble(say.teach.nothingYet);
  if (labels.length < 2) throw new Trouble(say.teach.needsTwo);
  const student = typeof from === 'string' ? await load(from, { signal }) : await from.clone({ signal });
  const measure = async () => ({ ...(await student.evaluate(samples, { signal })), labels: student.labels });
  try {
    const before = labels.every((label) => student.labels.includes(label)) ? await measure() : undefined;
    const report = await student.fineTune(samples, { labels, layers, signal, onProgress });
    return { student, result: { report, before, after: await measure() } };
  } catch (error) {
    student.dispose();
    throw error;
  }
}
