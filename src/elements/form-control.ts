import { BaseElement, reflect, takeEarlyProperties } from './base.js';

/** An element that is part of a form, as the browser's own controls are. */
export abstract class FormControl extends BaseElement {
  static readonly formAssociated = true;
  static readonly observedAttributes: readonly string[] = ['value', 'disabled', 'readonly', 'required', 'aria-label'];

  declare disabled: boolean;
  declare readOnly: boolean;
  declare required: boolean;
  /** Whether the value is no longer the attribute's, by hand or by script. */
  protected dirty = false;
  readonly #internals = this.attachInternals();
  #complaint = '';

  constructor() {
    super();
    this.#internals.role = 'group';
  }

  get name(): string {
    return this.getAttribute('name') ?? '';
  }

  set name(name: string) {
    this.setAttribute('name', name);
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  /** The label elements of this one. */
  get labels(): NodeList {
    return this.#internals.labels;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  /** Says why the value is not accepted; '' accepts it. */
  setCustomValidity(message: string): void {
    this.#complaint = message;
    this.refresh();
  }

  /** @internal */
  connectedCallback(): void {
    takeEarlyProperties(this);
    this.refresh();
    requestAnimationFrame(() => this.refresh()); // labels may stand behind it
  }

  /** @internal */
  attributeChangedCallback(name: string): void {
    if (name === 'value' && !this.dirty) this.useDefault();
    this.refresh();
  }

  /** @internal */
  formDisabledCallback(): void {
    this.refresh();
  }

  /** @internal */
  formResetCallback(): void {
    this.dirty = false;
    this.useDefault();
    this.refresh();
  }

  /** Whether a person may change it. */
  protected get isEditable(): boolean {
    return !this.readOnly && !this.matches(':disabled');
  }

  /** What it is called, for those who listen: by attribute or label; else by what it is. */
  protected nameOr(kind: string): string {
    const labels = Array.from(this.labels, ({ textContent }) => textContent?.trim());
    return this.ariaLabel || labels.join(' ') || kind;
  }

  /** Tells the form the value, and what a restored page gives back to `formStateRestoreCallback`. */
  protected submit(value: string, isEmpty: boolean, anchor: HTMLElement, state = value): void {
    this.#internals.setFormValue(value, state);
    const valueMissing = this.required && isEmpty;
    const message = this.#complaint || (valueMissing ? missingMessage() : '');
    this.#internals.setValidity({ valueMissing, customError: this.#complaint !== '' }, message, anchor);
  }

  /** Fires a plain event, as the browser's own controls do, but for that it leaves shadow roots. */
  protected fire(type: string): void {
    this.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  }

  /** Takes the attribute's value. */
  protected abstract useDefault(): void;

  /** Brings what shows, and what the form knows, in line with what is so. */
  protected abstract refresh(): void;
}

reflect(FormControl.prototype, { disabled: 'disabled', readOnly: 'readonly', required: 'required' });

/** What the browser says, in its own language, where something is missing. */
function missingMessage(): string {
  const input = document.createElement('input');
  input.required = true;
  return input.validationMessage;
}
