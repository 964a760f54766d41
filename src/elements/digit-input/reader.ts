import type { FineTuneOptions, FineTuneReport, Prediction } from '../../types.js';
import { Network } from './network.js';
import type { DigitSample, Face } from './types.js';
import { english } from './words.js';
import type { DigitWords } from './words.js';

/** Milliseconds after a hand has lifted in which it may go on. */
const PAUSE = 300;

/** So many other labels are offered, if they have at least this probability. */
const CHOICES = 3;
const POSSIBLE = 0.01;

/** Reads what is drawn once the hand rests, and says how sure that is. Of several readings only the newest counts. */
export class Reader {
  readonly #network: Network;
  #reading = new AbortController();

  constructor(private readonly face: Face) {
    this.#network = new Network(face);
  }

  /** Something is drawn or taken back: what was being read is so no longer. */
  drawn(): void {
    const { signal } = this.stop();
    if (!this.face.pad.drawing) setTimeout(() => !signal.aborted && void this.#read(signal), PAUSE);
  }

  /** Whatever is being read no longer counts. */
  stop(): AbortController {
    this.#reading.abort();
    return (this.#reading = new AbortController());
  }

  /** Lets go of a network that it loaded. */
  release(): void {
    this.stop();
    this.#network.release();
  }

  /** Shows these choices, and says something. */
  say(word: keyof DigitWords, values: Readonly<Record<string, string>> = {}, choices: readonly string[] = []): void {
    const { pad, status, choices: place, correct } = this.face;
    const said = this.#word(word);
    status.textContent = said.replace(/\{(\w+)\}/g, (gap, name: string) => values[name] ?? gap);
    place.ariaLabel = this.#word('choices');
    if (place.matches(':focus-within')) pad.focus(); // what had it goes
    place.replaceChildren(
      ...choices.map((label) => {
        const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
        button.part.add('choice');
        button.addEventListener('click', () => correct(label));
        return button;
      }),
    );
  }

  async learn(samples: readonly DigitSample[], options?: FineTuneOptions): Promise<FineTuneReport> {
    this.say('learning');
    try {
      const report = await this.#network.learn(samples, options);
      this.say('learned');
      return report;
    } catch (error) {
      if (options?.signal?.aborted) this.face.status.textContent = '';
      else this.#fail(error);
      throw error;
    }
  }

  #word(word: keyof DigitWords): string {
    return this.face.words()[word] ?? english[word];
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { pad, take, named } = this.face;
    const given = named().classifier;
    try {
      const ink = pad.value;
      if (pad.blank) return this.#answer({ label: null, confidence: 0, probabilities: [], rejected: 'blank' });
      if (!this.#network.isReady) this.say('loading');
      const classifier = await this.#network.open();
      if (!classifier || signal.aborted) return;
      const prediction = await classifier.predict(ink, { signal });
      if (!signal.aborted) this.#answer(prediction, classifier.labels);
    } catch (error) {
      if (signal.aborted || given !== named().classifier) return; // the next one reads it again
      take('');
      this.#fail(error);
    }
  }

  #answer({ label, confidence, probabilities, rejected }: Prediction, labels: readonly string[] = []): void {
    this.face.take(label ?? '');
    if (label === null) return this.say(rejected ?? 'unfamiliar');
    const likely = labels
      .map((other, i) => ({ other, probability: probabilities?.[i] ?? 0 }))
      .filter(({ other, probability }) => other !== label && probability >= POSSIBLE)
      .sort((a, b) => b.probability - a.probability)
      .slice(0, CHOICES);
    const word = confidence >= 0.9 ? 'sure' : confidence >= 0.6 ? 'probable' : 'doubtful';
    this.say(
      word,
      { label },
      likely.map(({ other }) => other),
    );
  }

  #fail(error: unknown): void {
    this.say('error', { message: error instanceof Error ? error.message : String(error) });
    this.face.fail(error);
  }
}
