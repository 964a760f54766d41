import { make } from '../base.js';
import type { Sketch } from './sketch.js';

/** What there are buttons for, and what they say unless a page translates it. */
export const TOOLS = { undo: 'Undo', redo: 'Redo', clear: 'Clear' };

/**
 * Buttons to undo, redo and clear. Their texts are slots, so that a page can translate them.
 * @param isEditable Whether a person may change the ink.
 * @returns what shows which of them would do something; none loses the focus by that.
 */
export function createToolbar(sketch: Sketch, isEditable: () => boolean): { element: Element; refresh: () => void } {
  const names = Object.keys(TOOLS) as (keyof typeof TOOLS)[];
  const can = { undo: () => sketch.canUndo, redo: () => sketch.canRedo, clear: () => sketch.strokes.length > 0 };
  const buttons = names.map((name) => {
    const button = make('button', { type: 'button', part: `button ${name}` }, make('slot', { name }, TOOLS[name]));
    button.addEventListener('click', () => isEditable() && sketch[name]());
    return button;
  });
  return {
    element: make('div', { part: 'toolbar' }, ...buttons),
    refresh: () =>
      names.forEach((name, i) => buttons[i]?.setAttribute('aria-disabled', String(!isEditable() || !can[name]()))),
  };
}
