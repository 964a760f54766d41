// Ink that is drawn before <ink-pad> is defined, shown at once and handed to the pad then. Part of every page's head.
(() => {
  /** Strokes of each pad. @type {Map<Element, number[][][]>} */
  const pads = new Map();
  /** What each pointer that is down draws. @type {Map<number, (event: PointerEvent) => void>} */
  const pens = new Map();
  let isDefined = false;

  /** @param {PointerEvent} event */
  function down(event) {
    const pad = event.target instanceof Element && event.target.closest('ink-pad');
    if (!pad || isDefined || event.button !== 0) return;
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS(svg.namespaceURI, 'polyline');
    svg.setAttribute('class', 'early-ink');
    svg.append(line);
    pad.append(svg);
    /** @type {number[][]} */
    const points = [];
    pads.set(pad, [...(pads.get(pad) ?? []), points]);
    const add = (/** @type {PointerEvent} */ { clientX, clientY, pointerType, pressure }) => {
      const { left, top, width } = pad.getBoundingClientRect();
      points.push([(clientX - left) / width, (clientY - top) / width, ...(pointerType === 'pen' ? [pressure] : [])]);
      line.setAttribute('points', points.map(([x, y]) => `${x * width},${y * width}`).join(' '));
    };
    pens.set(event.pointerId, add);
    add(event);
  }

  const move = (/** @type {PointerEvent} */ event) => pens.get(event.pointerId)?.(event);

  /** @param {PointerEvent} event */
  function up({ pointerId }) {
    pens.delete(pointerId);
    if (isDefined && pens.size === 0) handOver();
  }

  const over = new AbortController();
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up };
  for (const [type, listener] of Object.entries(listeners))
    addEventListener(type, /** @type {EventListener} */ (listener), { signal: over.signal });

  function handOver() {
    over.abort();
    for (const [pad, strokes] of pads) {
      for (const svg of pad.querySelectorAll('.early-ink')) svg.remove();
      Object.assign(pad, { value: { strokes } });
      for (const type of ['input', 'change']) pad.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }

  // The page's script waits for its words too (language.js).
  void Promise.all([customElements.whenDefined('ink-pad'), globalThis.handfulWords]).then(() => {
    isDefined = true;
    // A task later: by then the page's script listens too. A stroke under way is drawn to its end.
    setTimeout(() => pens.size === 0 && handOver());
  });
})();
