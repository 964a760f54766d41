import type { InkPoint, InkTool, Sketch } from './sketch.js';
import { isStrayTap } from './stray-tap.js';
import type { Surface } from './surface.js';

/** What touches with more than so many CSS pixels is no fingertip. */
const PALM = 90;

/** Milliseconds after a pen was last seen in which a touch is the hand that holds it. */
const PEN_REST = 1000;

/** Draws with mouse, pen or one finger; hands that rest, second fingers and stray taps leave nothing. */
export function addPointers(
  canvas: HTMLCanvasElement,
  sketch: Sketch,
  surface: Surface,
  isEditable: () => boolean,
): void {
  /** What draws. */
  let active: PointerEvent | undefined;
  let penSeen = -Infinity;

  const isPalm = ({ pointerType, width, height }: PointerEvent) =>
    pointerType === 'touch' && Math.max(width, height) > PALM;

  /** Whether one that comes down draws from here on; one before it then ends, or was a palm. */
  function takesOver(event: PointerEvent): boolean {
    const { pointerType, timeStamp } = event;
    if (!isEditable() || event.button || isPalm(event)) return false;
    if (pointerType === 'touch' && timeStamp - penSeen < PEN_REST) return false;
    if (!active || active.pointerType !== sketch.tool) return true; // also where the end of one was never told
    if (pointerType === 'pen' && active.pointerType === 'touch') sketch.cancel();
    else if (event.isPrimary && pointerType === active.pointerType)
      sketch.end(); // its end was never told
    else return false;
    return true;
  }

  function begin(event: PointerEvent): void {
    active = event;
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
      // It is gone already.
    }
    surface.fit();
    sketch.begin(surface.place(event), event.pointerType as InkTool);
  }

  /** Draws to all points that the hand passed since the last frame, not only the newest. */
  function extend(event: PointerEvent): void {
    if (!canvas.clientWidth) return; // it is hidden: there is no place
    const passed = event.getCoalescedEvents?.() ?? [];
    const points: InkPoint[] = [];
    for (const each of passed.length ? passed : [event]) {
      const [x, y] = points.at(-1) ?? sketch.strokes.at(-1)?.at(-1) ?? [];
      const point = surface.place(each);
      const moved = Math.hypot(point[0] - (x ?? NaN), point[1] - (y ?? NaN)) * surface.unit;
      if (moved >= 1) points.push(point); // less is jitter
    }
    sketch.extend(points);
  }

  function handle(event: PointerEvent): void {
    const { type, pointerType } = event;
    if (pointerType === 'pen') penSeen = event.timeStamp;
    if (type === 'pointerdown') {
      if (takesOver(event)) begin(event);
    } else if (event.pointerId === active?.pointerId) {
      if (type === 'pointermove' && !isPalm(event)) return extend(event);
      active = undefined;
      const isStray = type === 'pointerup' && pointerType === 'touch' && isStrayTap(sketch.strokes, surface.unit);
      // What the system cancels was a palm to it, as what has grown to one is to us.
      if (isStray || /move|cancel/.test(type)) sketch.cancel();
      else sketch.end();
    }
  }

  for (const type of ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'lostpointercapture'] as const)
    canvas.addEventListener(type, handle);
  // A touch that draws is no gesture: else browsers may take a quick stroke for a fling and eat the tap that follows.
  // A long press draws too.
  for (const type of ['touchstart', 'contextmenu'])
    canvas.addEventListener(type, (event) => isEditable() && event.preventDefault(), { passive: false });
}
