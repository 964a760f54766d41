import type { FineTuneOptions, FineTuneReport } from '../../types.js';
import type { DigitClassifier, DigitSample, Face, OwnClassifier } from './types.js';

/** What a `<digit-input>` reads with: the page's classifier, or a network of its own, loaded when it is needed. */
export class Network {
  #own: { model: string; classifier: Promise<OwnClassifier> } | undefined;
  /** Whether nothing has to be waited for. */
  isReady = false;

  constructor(private readonly face: Face) {}

  /** @returns undefined where the page has named none yet. */
  async open(): Promise<DigitClassifier | undefined> {
    const { classifier, model } = this.face.named();
    if (classifier || this.#own?.model !== model) this.release();
    this.isReady = Boolean(classifier);
    if (classifier || !model) return classifier;
    this.#own ??= { model, classifier: this.face.load(model) };
    const own = this.#own;
    try {
      const loaded = await own.classifier;
      this.isReady = own === this.#own;
      return loaded;
    } catch (error) {
      if (own === this.#own) this.#own = undefined; // the next time may be a better one
      throw error;
    }
  }

  async learn(samples: readonly DigitSample[], options?: FineTuneOptions): Promise<FineTuneReport> {
    const classifier = await this.open();
    if (!classifier?.fineTune) throw new TypeError('There is no classifier that could learn.');
    return classifier.fineTune(samples, options);
  }

  /** Disposes of a network of its own. */
  release(): void {
    this.#own?.classifier.then(
      (own) => own.dispose(),
      () => {}, // whoever asked for it has been told
    );
    this.#own = undefined;
    this.isReady = false;
  }
}
