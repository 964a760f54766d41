import { make, reflect, shadowOf } from '../base.js';
import { FormControl } from '../form-control.js';
import { addKeyboardPen } from './keyboard.js';
import { addPointers } from './pointers.js';
import { Sketch } from './sketch.js';
import type { InkEvent } from './sketch.js';
import { copyInk } from './strokes.js';
import type { Ink, InkSource } from './strokes.js';
import { styles } from './styles.js';
import { createSurface } from './surface.js';
import { createToolbar } from './toolbar.js';

/**
 * `<ink-pad>`: a pad to draw on with mouse, finger, pen or keyboard, and a form control whose value is the strokes.
 *
 * Attributes: `name`, `value` (JSON of strokes), `required`, `disabled`, `readonly`, `controls`, `aria-label`. Events:
 * `strokestart`; `input` whenever the ink changed, also in the middle of a stroke; `change` when the hand is done.
 * @example
 * const pad = document.querySelector('ink-pad');
 * pad.addEventListener('change', async () => show(await digits.predict(pad.value)));
 */
export class InkPad extends FormControl {
  /** Whether there are buttons to undo, redo and clear. */
  declare controls: boolean;
  readonly #isEditable = () => this.isEditable;
  readonly #canvas: HTMLCanvasElement = make('canvas', { part: 'canvas', role: 'application' });
  readonly #hint = make('div', { part: 'hint' }, make('slot', {}));
  readonly #pad: HTMLElement = make('div', { part: 'pad' }, this.#canvas, this.#hint);
  readonly #sketch = new Sketch((event) => this.#tell(event));
  readonly #surface = createSurface(
    this.#canvas,
    () => this.#sketch.strokes,
    () => this.#cursor(),
  );
  readonly #cursor = addKeyboardPen(this.#canvas, this.#sketch, this.#surface, this.#isEditable);
  readonly #toolbar = createToolbar(this.#sketch, this.#isEditable);

  constructor() {
    super();
    const root = shadowOf(this, styles, this.#pad, this.#toolbar.element);
    addPointers(this.#canvas, this.#sketch, this.#surface, this.#isEditable);
    this.#canvas.addEventListener('focus', () => this.refresh()); // its name may be another by now
    root.addEventListener('keydown', (event) => event instanceof KeyboardEvent && this.#shortcut(event));
  }

  /**
   * The strokes, as handful reads them; a copy, going in and coming out. Points are [x, y] in units of the pad's width,
   * of a pen with its pressure as a third number. Strokes of any other unit are shown so that they fit. Setting it
   * forgets what could be undone, and tells no one.
   * @throws {HandfulError} `bad-input` for what are no strokes.
   */
  get value(): Ink {
    return structuredClone({ strokes: [...this.#sketch.strokes] });
  }

  set value(source: InkSource) {
    this.dirty = true;
    this.#set(source);
  }

  /** Whether nothing is drawn. */
  get blank(): boolean {
    return this.#sketch.strokes.length === 0;
  }

  /** What draws at this moment: `mouse`, `touch`, `pen` or `keyboard`. */
  get drawing(): string | undefined {
    return this.#sketch.tool;
  }

  get canUndo(): boolean {
    return this.#sketch.canUndo;
  }

  get canRedo(): boolean {
    return this.#sketch.canRedo;
  }

  /** Takes back the last stroke, or the last clearing. Like a person's doing, it fires `input` and `change`. */
  undo(): void {
    this.#sketch.undo();
  }

  redo(): void {
    this.#sketch.redo();
  }

  clear(): void {
    this.#sketch.clear();
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#sketch.end();
  }

  /** @internal */
  formStateRestoreCallback(state: string): void {
    this.value = state;
  }

  protected useDefault(): void {
    this.#set(this.getAttribute('value'));
  }

  protected refresh(): void {
    const canvas = this.#canvas;
    if (!this.isEditable) this.#sketch.end();
    this.#pad.className = `${this.isEditable ? 'editable' : ''} ${this.blank ? 'blank' : ''}`;
    this.#toolbar.refresh();
    this.#surface.redraw();
    if (this.drawing) return;
    const isEnabled = !this.matches(':disabled');
    canvas.tabIndex = isEnabled ? 0 : -1;
    canvas.ariaDisabled = String(!isEnabled);
    canvas.ariaLabel = this.nameOr('Drawing pad');
    canvas.ariaDescription = this.ariaDescription;
    canvas.ariaDescribedByElements = this.ariaDescribedByElements;
    this.submit(JSON.stringify(this.value), this.blank, canvas);
  }

  #set(source: InkSource): void {
    const strokes = copyInk(source);
    if (JSON.stringify(strokes) === JSON.stringify(this.#sketch.strokes)) return; // as frameworks hand a value back
    this.#sketch.set(strokes);
    this.refresh();
  }

  #tell(type: InkEvent): void {
    this.dirty = true;
    this.refresh();
    this.fire(type);
  }

  #shortcut(event: KeyboardEvent): void {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !this.isEditable || !/^[yz]$/.test(key)) return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) this.redo();
    else this.undo();
  }
}

reflect(InkPad.prototype, { controls: 'controls' });
