import { Camera } from '../shared/camera.js';
import { contextOf, find, findA } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { say } from '../shared/say.js';

/** Milliseconds between two pictures while it records. */
const PACE = 150;
/** At most so many are taken at once. */
const MOST = 60;
/** A picture's side in pixels: twice what the network sees, so that it can be varied. */
const SIDE = 64;

/**
 * The camera, shown on every `canvas.scene`: the middle square of what it sees. While `#record` is held, by pointer or key,
 * it takes pictures.
 * @param {(pictures: string[]) => void} onPictures Given data URLs.
 * @returns {Camera}
 */
export function createRecorder(onPictures) {
  const camera = new Camera();
  const button = findA(HTMLButtonElement, '#record');
  const small = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
  /** @type {string[]} */
  let pictures = [];
  /** @type {number | undefined} */
  let timer;

  camera.addEventListener('frame', () => {
    for (const scene of document.querySelectorAll('canvas.scene'))
      if (scene instanceof HTMLCanvasElement && scene.checkVisibility()) drawMiddle(camera.frame, scene);
  });
  camera.addEventListener('change', () => {
    end();
    for (const each of document.querySelectorAll('.start-camera')) each.toggleAttribute('hidden', camera.isOn);
    find('#record').textContent = camera.isOn ? say.teach.record : say.teach.startCamera;
  });

  const startCamera = () => attempt(() => camera.start());
  for (const each of document.querySelectorAll('.start-camera')) each.addEventListener('click', startCamera);

  function begin() {
    if (!camera.isOn) return startCamera();
    if (timer !== undefined) return;
    pictures = [];
    take();
    timer = setInterval(take, PACE);
  }

  function take() {
    if (pictures.length >= MOST) return;
    drawMiddle(camera.frame, small);
    pictures.push(small.toDataURL('image/jpeg', 0.85));
    button.textContent = say.teach.recording({ n: pictures.length });
  }

  function end() {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    button.textContent = say.teach.record;
    onPictures(pictures);
  }

  const isKey = (/** @type {KeyboardEvent} */ { key }) => key === ' ' || key === 'Enter';
  button.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    void begin();
  });
  for (const type of ['pointerup', 'pointercancel', 'blur']) button.addEventListener(type, end);
  button.addEventListener('contextmenu', (event) => event.preventDefault()); // a long press is holding
  button.addEventListener('keydown', (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) void begin();
  });
  button.addEventListener('keyup', (event) => isKey(event) && end());
  document.addEventListener('visibilitychange', () => document.hidden && camera.stop());
  return camera;
}

/** @param {HTMLCanvasElement} frame @param {HTMLCanvasElement} to */
function drawMiddle(frame, to) {
  const side = Math.min(frame.width, frame.height);
  const context = contextOf(to);
  context.imageSmoothingQuality = 'high';
  context.drawImage(frame, (frame.width - side) / 2, (frame.height - side) / 2, side, side, 0, 0, to.width, to.height);
}
