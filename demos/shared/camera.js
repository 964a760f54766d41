import { contextOf } from './dom.js';
import { say, Trouble } from './say.js';

/** Milliseconds between two looks at what the camera shows. */
const PACE = 250;

const { camera: words } = say.trouble;
/** @type {Record<string, string | undefined>} */
const troubles = {
  NotAllowedError: words.refused,
  NotFoundError: words.none,
  NotReadableError: words.busy,
  AbortError: words.busy,
  OverconstrainedError: words.noSuch,
  SecurityError: words.forbidden,
};

/**
 * The camera's newest frame, on a canvas. What faces its user is mirrored, as people know themselves.
 *
 * Events: `frame` when there is another one to draw; `look` when it is time for an answer; `change` when the camera went
 * on or off, or it became known that there are others.
 */
export class Camera extends EventTarget {
  frame = document.createElement('canvas');
  /** Whether there is another one to switch to. */
  hasOthers = false;
  #video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  /** @type {MediaStream | null} */
  #stream = null;
  /** Whoever starts or stops it last wins. */
  #turn = 0;
  #looked = 0;

  get isOn() {
    return this.#stream !== null;
  }

  /**
   * Starts it, the back one where there is one.
   * @param {MediaTrackConstraints} [wanted]
   * @throws {Trouble} if it is refused, or there is none
   */
  async start(wanted = { facingMode: { ideal: 'environment' } }) {
    this.stop();
    const turn = this.#turn;
    const stream = await open({ ...wanted, width: { ideal: 960 }, height: { ideal: 720 } });
    if (turn !== this.#turn) return close(stream);
    this.#stream = stream;
    this.#video.srcObject = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener('ended', () => this.#stream === stream && this.stop()); // pulled out
    await this.#video.play().catch(() => {}); // stopped meanwhile
    const cameras = await this.#cameras();
    if (turn !== this.#turn) return;
    this.hasOthers = cameras.length > 1;
    this.dispatchEvent(new Event('change'));
    this.#next(turn);
  }

  /** From back to front and the other way, or to the next of several that face nowhere. */
  async switch() {
    const { facingMode, deviceId = '' } = this.#settings;
    if (facingMode) return this.start({ facingMode: { ideal: facingMode === 'user' ? 'environment' : 'user' } });
    const ids = (await this.#cameras()).map((camera) => camera.deviceId);
    return this.start({ deviceId: { exact: ids[(ids.indexOf(deviceId) + 1) % ids.length] } });
  }

  /** Ends it; its last frame stays. */
  stop() {
    this.#turn++;
    if (!this.#stream) return;
    close(this.#stream);
    this.#stream = this.#video.srcObject = null;
    this.dispatchEvent(new Event('change'));
  }

  get #settings() {
    return this.#stream?.getVideoTracks()[0].getSettings() ?? {};
  }

  async #cameras() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
  }

  /** @param {number} turn */
  #next(turn) {
    /** @param {number} now */
    const draw = (now) => {
      if (turn !== this.#turn) return;
      this.#next(turn);
      if (this.#video.videoWidth === 0) return; // nothing has come yet
      this.#draw();
      this.dispatchEvent(new Event('frame'));
      if (now - this.#looked < PACE) return;
      this.#looked = now;
      this.dispatchEvent(new Event('look'));
    };
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(draw);
    else requestAnimationFrame(draw);
  }

  #draw() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (this.frame.width !== width || this.frame.height !== height) Object.assign(this.frame, { width, height });
    const context = contextOf(this.frame);
    const mirrored = this.#settings.facingMode !== 'environment';
    context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? width : 0, 0);
    context.drawImage(this.#video, 0, 0);
  }
}

/** @param {MediaTrackConstraints} video */
async function open(video) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Trouble(words.insecure);
  try {
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (cause) {
    const { name } = cause instanceof Error ? cause : new Error(String(cause)); // in WebKit some of these are no Errors
    throw new Trouble(troubles[name] ?? words.other, { cause });
  }
}

/** @param {MediaStream} stream */
function close(stream) {
  for (const track of stream.getTracks()) track.stop();
}
