import { say, Trouble } from '../shared/say.js';
import { read, write } from '../shared/store.js';

/** @import { InkStroke } from 'handful/elements' */

// What can be taught. Each sort of examples is kept apart, in one item of localStorage.
export const modes = {
  digits: { labels: [...'0123456789'], own: false, camera: false, enough: 5 },
  symbols: { labels: ['♥', '★'], own: true, camera: false, enough: 5 },
  /** Whoever holds the camera says when there is enough of a thing. */
  things: { labels: [1, 2].map((n) => say.teach.numbered.things({ n })), own: true, camera: true, enough: Infinity },
};

/**
 * @typedef {keyof typeof modes} Mode
 * @typedef {{ label: string, strokes: InkStroke[], picture?: string }} Example `picture` is a data URL, without strokes.
 * @typedef {{ labels: string[], examples: Example[] }} State
 */

export const modeNames = /** @type {Mode[]} */ (Object.keys(modes));

const STEPS_BACK = 100;

/**
 * The examples of one mode: labels in order, and strokes with a label each. Every change is stored at once and can be
 * undone. Event: `change`.
 */
export class Examples extends EventTarget {
  #key;
  /** Whether its labels are people's own. */
  own;
  /** So many of a label are asked for before the next one. */
  enough;
  /** Never changed in place, so that the states before can simply be kept. @type {State} */
  #state;
  /** @type {State[]} */
  #before = [];

  /** @param {Mode} mode */
  constructor(mode) {
    super();
    this.#key = `handful-teach-${mode}`;
    ({ own: this.own, enough: this.enough } = modes[mode]);
    this.#state = stored(this.#key, mode);
    addEventListener('storage', ({ key }) => {
      if (key !== this.#key) return;
      this.#state = stored(this.#key, mode); // changed in another tab
      this.#before = [];
      this.dispatchEvent(new Event('change'));
    });
  }

  get labels() {
    return this.#state.labels;
  }

  /** In the order they were added. */
  get all() {
    return this.#state.examples;
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  /** @param {string} label */
  of(label) {
    return this.all.filter((example) => example.label === label);
  }

  /** Labels that have examples. */
  get begun() {
    return this.labels.filter((label) => this.of(label).length > 0);
  }

  /**
   * What to ask for next. Of digits that with the fewest examples; own symbols one after another, and at last a new one,
   * which has no label yet.
   * @param {string} [label] What was asked for up to now.
   * @returns {string | undefined}
   */
  next(label) {
    const counts = this.labels.map((each) => this.of(each).length);
    if (!this.own) return this.labels[counts.indexOf(Math.min(...counts))];
    if (label !== undefined && this.of(label).length < this.enough) return label;
    return this.labels[counts.findIndex((count) => count < this.enough)];
  }

  /** What handful learns from. */
  samples() {
    return Promise.all(
      this.all.map(async ({ label, strokes, picture }) => ({
        input: picture ? await (await fetch(picture)).blob() : { strokes },
        label,
      })),
    );
  }

  /** Adds an example, and its label if that is new. @param {string} label @param {InkStroke[]} strokes */
  add(label, strokes) {
    const labels = this.labels.includes(label) ? this.labels : [...this.labels, label];
    this.#change({ labels, examples: [...this.all, { label, strokes }] });
  }

  /** Adds others' examples, but for those that are here already. @param {Example[]} others @returns how many. */
  addAll(others) {
    const known = new Set(this.all.map((example) => JSON.stringify(example)));
    const news = others.filter((example) => !known.has(JSON.stringify(example)));
    const usable = this.own ? news : news.filter(({ label }) => this.labels.includes(label));
    const labels = [...new Set([...this.labels, ...usable.map(({ label }) => label)])];
    if (usable.length > 0) this.#change({ labels, examples: [...this.all, ...usable] });
    return usable.length;
  }

  /** @param {Example} example */
  remove(example) {
    this.#change({ examples: this.all.filter((other) => other !== example) });
  }

  removeAll() {
    if (this.all.length > 0) this.#change({ examples: [] });
  }

  /** @param {string} name @throws {Trouble} for an empty name or one that is taken. */
  addLabel(name) {
    this.#change({ labels: [...this.labels, this.#free(name)] });
  }

  /**
   * @param {string} from @param {string} name
   * @throws {Trouble} for an empty name or one that is taken.
   */
  renameLabel(from, name) {
    const to = this.#free(name);
    this.#change({
      labels: this.labels.map((label) => (label === from ? to : label)),
      examples: this.all.map((example) => (example.label === from ? { ...example, label: to } : example)),
    });
  }

  /** Removes a label and its examples. @param {string} label */
  removeLabel(label) {
    this.#change({
      labels: this.labels.filter((other) => other !== label),
      examples: this.all.filter((example) => example.label !== label),
    });
  }

  undo() {
    const before = this.#before.pop();
    if (!before) return;
    this.#state = before;
    this.#store();
  }

  /** @param {string} name */
  #free(name) {
    if (name === '') throw new Trouble(say.teach.noName);
    if (this.labels.includes(name)) throw new Trouble(say.teach.nameTaken({ name }));
    return name;
  }

  /** @param {Partial<State>} part */
  #change(part) {
    this.#before = [...this.#before, this.#state].slice(-STEPS_BACK);
    this.#state = { ...this.#state, ...part };
    this.#store();
  }

  #store() {
    this.dispatchEvent(new Event('change'));
    write(this.#key, this.#state);
  }
}

/** What was drawn before, or a mode's beginning. @param {string} key @param {Mode} mode */
function stored(key, mode) {
  return /** @type {State | undefined} */ (read(key)) ?? { labels: modes[mode].labels, examples: [] };
}
