/** Sizes and colours are the page's to choose; what is not chosen is the system's, in light, dark and forced colours. */
export const styles = `
:host {
  display: inline-flex;
  flex-direction: column;
  gap: 0.5rem;
  inline-size: 16rem;
  max-inline-size: 100%;
  vertical-align: top;
}
:host([hidden]) { display: none }
:host(:disabled) { opacity: 0.6 }
[part=pad] {
  position: relative;
  flex: 1 1 auto;
  min-block-size: 0;
  aspect-ratio: var(--ink-aspect-ratio, 1);
}
canvas {
  position: absolute;
  inset: 0;
  box-sizing: border-box;
  inline-size: 100%;
  block-size: 100%;
  border-radius: var(--ink-radius, 0.5rem);
  outline: 1px solid var(--ink-border-color, GrayText);
  outline-offset: -1px;
  background: var(--ink-background, Canvas);
  color: var(--ink-color, CanvasText);
  caret-color: var(--ink-cursor-color, Highlight);
  stroke-width: var(--ink-width, 5%);
  transition: 1ms;
  transition-property: color, caret-color, stroke-width;
}
canvas:focus-visible { outline: 3px solid var(--ink-cursor-color, Highlight); outline-offset: 2px }
.editable canvas {
  cursor: crosshair;
  touch-action: none;
  user-select: none;
  -webkit-user-select: none;
  -webkit-touch-callout: none;
}
[part=hint] {
  position: absolute;
  inset: 0;
  display: grid;
  place-content: center;
  text-align: center;
  pointer-events: none;
}
:not(.blank) > [part=hint] { visibility: hidden }
[part=toolbar] { display: none; flex-wrap: wrap; gap: 0.5rem }
:host([controls]) [part=toolbar] { display: flex }
button { min-inline-size: 2.75rem; min-block-size: 2.75rem; font: inherit; touch-action: manipulation }
[aria-disabled=true] { opacity: 0.5 }
`;
