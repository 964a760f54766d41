import { lazy } from '../../common/lazy.js';
import type { FineTuneOptions, FineTuneReport } from '../../types.js';
import { make, reflect, shadowOf } from '../base.js';
import { FormControl } from '../form-control.js';
import type { InkPad } from '../ink-pad/ink-pad.js';
import { TOOLS } from '../ink-pad/toolbar.js';
import type { Reader } from './reader.js';
import { styles } from './styles.js';
import type { DigitClassifier, DigitSample, Face } from './types.js';
import type { DigitWords } from './words.js';

/**
 * `<digit-input>`: a form control whose value is what is read from a drawing. What was read can be corrected, and
 * corrections can be learned from.
 *
 * Attributes: those of `<ink-pad>`, `value` being a text; and `model`, a pretrained id or a URL, which is loaded when
 * something is drawn. Events: `input`, `change`; `correction` with a sample as its `detail`; `error` with an `error`.
 * @example
 * const field = document.querySelector('digit-input');
 * field.classifier = await load('mnist-lenet5');
 * field.addEventListener('change', () => console.log(field.value)); // '7'
 */
export class DigitInput extends FormControl {
  static override readonly observedAttributes = [...FormControl.observedAttributes, 'controls', 'model'];
  /** Whether there are buttons to undo, redo and clear. */
  declare controls: boolean;
  readonly #pad: InkPad = make(
    'ink-pad',
    { part: 'pad', exportparts: 'canvas, hint, toolbar, button' },
    make('slot', {}),
  );
  readonly #field = make('input', { part: 'field', autocomplete: 'off', enterkeyhint: 'done' });
  readonly #choices = make('span', { part: 'choices', role: 'group' });
  readonly #status = make('p', { part: 'status', role: 'status' });
  #reader: Promise<Reader> | undefined;
  #classifier: DigitClassifier | undefined;
  #words: Partial<DigitWords> = {};
  #samples: readonly DigitSample[] = [];
  /** The correction of the drawing that is shown. */
  #sample: DigitSample | undefined;
  readonly #face: Face = {
    pad: this.#pad,
    choices: this.#choices,
    status: this.#status,
    words: () => this.#words,
    named: () => ({ classifier: this.#classifier, model: this.model }),
    load: async (model) => (await lazy(import('../../sdk/index.js'))).load(model),
    take: (text) => text !== this.value && this.#take(text, 'input', 'change'),
    correct: (text) => this.#correct(text, 'input', 'change'),
    fail: (error) => this.dispatchEvent(new ErrorEvent('error', { error, message: String(error) })),
  };

  constructor() {
    super();
    for (const [name, text] of Object.entries(TOOLS)) this.#pad.append(make('slot', { name, slot: name }, text));
    const answer = make('div', { part: 'answer' }, this.#field, this.#choices);
    const root = shadowOf(this, styles, this.#pad, answer, this.#status);
    // What happens within is told in this element's own events.
    for (const type of ['input', 'change']) root.addEventListener(type, (event) => event.stopPropagation());
    for (const type of ['strokestart', 'input', 'change'])
      this.#pad.addEventListener(type, () => {
        this.dirty = true;
        this.#sample = undefined;
        this.#open().then((reader) => reader.drawn(), this.#face.fail);
        if (!this.#pad.drawing) this.refresh();
      });
    this.#field.addEventListener('input', () => {
      this.#tell((reader) => reader.stop());
      this.#take(this.value, 'input');
    });
    this.#field.addEventListener('change', () => this.#correct(this.value, 'change'));
  }

  /** What was read, or typed; '' is nothing. Setting it clears the pad, and tells no one. */
  get value(): string {
    return this.#field.value;
  }

  set value(value: string) {
    const text = String(value ?? '');
    this.dirty = true;
    if (text !== this.value) this.#set(text);
  }

  /** What reads. It stays the page's, which disposes of it. */
  get classifier(): DigitClassifier | undefined {
    return this.#classifier;
  }

  set classifier(classifier: DigitClassifier | null | undefined) {
    this.#classifier = classifier ?? undefined;
    this.#again();
  }

  /** Corrections up to now, which a page may keep, and give back. */
  get samples(): DigitSample[] {
    return [...this.#samples];
  }

  set samples(samples: readonly DigitSample[]) {
    this.#samples = [...(samples ?? [])];
  }

  get model(): string | null {
    return this.getAttribute('model');
  }

  set model(model: string | null) {
    if (model) this.setAttribute('model', model);
    else this.removeAttribute('model');
  }

  /** What it says, in a page's own language; what is left out is English. */
  get words(): Partial<DigitWords> {
    return this.#words;
  }

  set words(words: Partial<DigitWords>) {
    this.#words = words ?? {};
    this.refresh();
  }

  /**
   * Learns from the corrections.
   * @throws what `fineTune` throws, after it was shown.
   * @example
   * field.samples = samples; // as a person's corrections, kept from an earlier visit
   * const report = await field.learn();
   */
  async learn(options?: FineTuneOptions): Promise<FineTuneReport> {
    return (await this.#open()).learn(this.samples, options);
  }

  /** @internal */
  override attributeChangedCallback(name: string): void {
    super.attributeChangedCallback(name);
    if (name === 'model') this.#again();
  }

  /** @internal */
  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.value) this.#again();
  }

  /** @internal */
  disconnectedCallback(): void {
    // One that is moved is in the page again by then.
    setTimeout(() => this.isConnected || this.#tell((reader) => reader.release()));
  }

  /** @internal */
  formStateRestoreCallback(state: string): void {
    const { value, ink } = JSON.parse(state) as { value: string; ink: string };
    this.value = value;
    this.#pad.value = ink;
    this.#sample = value ? { input: this.#pad.value, label: value } : undefined; // it stays, whatever reads
    this.refresh();
  }

  protected useDefault(): void {
    this.#set(this.getAttribute('value') ?? '');
  }

  protected refresh(): void {
    const [pad, field] = [this.#pad, this.#field];
    pad.controls = this.controls;
    pad.disabled = field.disabled = this.matches(':disabled');
    pad.readOnly = field.readOnly = this.readOnly;
    this.#choices.inert = !this.isEditable;
    pad.ariaLabel = this.nameOr('Drawing pad');
    field.ariaLabel = this.#words.field ?? 'What was read';
    const state = JSON.stringify({ value: this.value, ink: JSON.stringify(pad.value) });
    this.submit(this.value, !this.value, field, state);
  }

  /** The reader, loaded when it is needed. */
  #open(): Promise<Reader> {
    this.#reader ??= lazy(import('./reader.js')).then(({ Reader }) => new Reader(this.#face));
    this.#reader.catch(() => (this.#reader = undefined)); // the next time may be a better one
    return this.#reader;
  }

  /** Tells the reader, if there is one. */
  #tell(act: (reader: Reader) => void): void {
    this.#reader?.then(act, () => {});
  }

  /** What reads is another: what is drawn is read again, unless a person has said what it is. */
  #again(): void {
    if (!this.#pad.blank && !this.#sample) this.#open().then((reader) => reader.drawn(), this.#face.fail);
  }

  #set(text: string): void {
    this.#tell((reader) => reader.stop());
    this.#sample = undefined;
    this.#field.value = text;
    this.#pad.value = null;
    this.#status.textContent = '';
    this.#choices.replaceChildren();
    this.refresh();
  }

  /** Takes a text of a person's doing, and tells. */
  #take(text: string, ...events: string[]): void {
    this.dirty = true;
    this.#field.value = text;
    this.refresh();
    for (const type of events) this.fire(type);
  }

  #correct(label: string, ...events: string[]): void {
    this.#tell((reader) => reader.stop());
    this.#take(label, ...events);
    if (this.#pad.blank || !label) return;
    this.#tell((reader) => reader.say('corrected', { label }));
    const sample = { input: this.#pad.value, label };
    this.#samples = [...this.#samples.filter((other) => other !== this.#sample), sample];
    this.#sample = sample;
    this.dispatchEvent(new CustomEvent('correction', { bubbles: true, composed: true, detail: sample }));
  }
}

reflect(DigitInput.prototype, { controls: 'controls' });
