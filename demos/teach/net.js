import { forget, load, saved } from 'handful';
import { networks, photoNetworks, symbolNetworks } from '../shared/networks.js';
import { attempt } from '../shared/notice.js';
import { say } from '../shared/say.js';
import { read, write } from '../shared/store.js';
import { modes } from './examples.js';

/**
 * @import { Classifier } from 'handful'
 * @typedef {{ from: keyof typeof say.teach.about, name?: string, n?: number }} Origin In the words for it, and what they take.
 */

/** Names that the page saves its own networks under, one a mode, so that a reload finds them. */
const OWN = 'teach/';

/** What there is to begin with in each mode; the first one is what a lesson begins with. */
export const beginnings = { digits: networks, symbols: symbolNetworks, things: photoNetworks };

/**
 * The network of one mode, as it is now: pretrained, taught here, loaded or imported; none where nobody has taught it its
 * symbols yet. Whatever is put in place is saved at once. Event: `change`.
 */
export class Net extends EventTarget {
  /** @type {Classifier | undefined} */
  classifier;
  /** Where it comes from; unknown while it is not there. @type {Origin | undefined} */
  origin;
  #mode;
  /** Whoever puts a network in place last wins. */
  #turn = 0;

  /** @param {import('./examples.js').Mode} mode */
  constructor(mode) {
    super();
    this.#mode = mode;
  }

  /** Brings back what was there before the page was left, or begins anew. */
  async open() {
    const turn = ++this.#turn;
    await attempt(async () => {
      if (!(await saved()).includes(this.#name)) return;
      this.#place(turn, await load(`indexeddb:${this.#name}`), originOf(read(this.#key)));
    });
    if (!this.classifier) await this.#begin(turn);
  }

  /** Puts another network in place and keeps it. @param {Classifier} classifier @param {Origin} origin */
  async use(classifier, origin) {
    this.#place(++this.#turn, classifier, origin);
    await attempt(async () => {
      await classifier.save(this.#name);
      write(this.#key, origin);
    });
  }

  /** Back to the network as it came. */
  async reset() {
    await this.#begin(++this.#turn);
    await forget(this.#name);
  }

  /** A network that reads digits; of own symbols none knows anything. @param {number} turn */
  async #begin(turn) {
    if (modes[this.#mode].own) this.#place(turn, undefined, { from: 'teachFirst' });
    else this.#place(turn, await load(networks[0].id), { from: 'asItCame' });
  }

  get #name() {
    return `${OWN}${this.#mode}`;
  }

  get #key() {
    return `handful-teach-about-${this.#mode}`;
  }

  /** @param {number} turn @param {Classifier | undefined} classifier @param {Origin} origin */
  #place(turn, classifier, origin) {
    if (turn !== this.#turn) return classifier?.dispose();
    this.classifier?.dispose();
    this.classifier = classifier;
    this.origin = origin;
    this.dispatchEvent(new Event('change'));
  }
}

/** What was kept of where a network comes from. @param {unknown} kept @returns {Origin} */
function originOf(kept) {
  const { from } = Object(kept);
  return from in say.teach.about ? /** @type {Origin} */ (kept) : { from: 'taughtBefore' };
}

/** Where a network comes from, for people. @param {Origin} origin */
export function told({ from, name = '', n = 0 }) {
  const words = say.teach.about[from];
  return typeof words === 'string' ? words : words({ name, n });
}

/** Whether the pages keep such names for themselves. @param {string} name */
export const isOwn = (name) => name.includes('/');

/** What goes before the names that people save networks under, so that those of photos are not offered for ink. */
const PREFIX = { digits: '', symbols: '', things: 'things/' };

/** The key of what people saved by name. @param {import('./examples.js').Mode} mode @param {string} name */
export const keyOf = (mode, name) => `${PREFIX[mode]}${name}`;

/** What people saved by name, of the sort of a mode. @param {import('./examples.js').Mode} mode */
export async function savedByName(mode) {
  const prefix = PREFIX[mode];
  const names = (await saved()).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return names.filter((name) => !name.includes('/'));
}
