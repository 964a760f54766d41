// What calls answer.

export interface Prediction {
  /** The most probable label; null if rejected. */
  label: string | null;
  /** The label's probability, 0 to 1; 0 if rejected. */
  confidence: number;
  /** In the order of `classifier.labels`; all 0 if rejected. */
  probabilities: number[];
  /**
   * Why there is no label. `blank`: no ink. `unfamiliar`: unlike anything the network was taught. `several`: plainly
   * several characters, which `read` reads.
   */
  rejected?: 'blank' | 'unfamiliar' | 'several';
  /** What the network saw, if asked for. */
  image?: PreparedImage;
}

/** What somebody has written. */
export interface Reading {
  /** The characters' labels one after another, lines on lines of their own; U+FFFD for one that is unfamiliar. */
  text: string;
  /** That all of it is right, 0 to 1: how it was cut, and each label. 0 if a character is rejected, or there is none. */
  confidence: number;
  /** From left to right, line by line. */
  characters: ReadCharacter[];
}

/** A character among others. */
export interface ReadCharacter {
  /** The most probable label of the alphabet, or a mark; null if rejected. */
  label: string | null;
  /** The label's probability, 0 to 1; 0 if rejected. */
  confidence: number;
  /** In the order of `classifier.labels`, 0 for those outside the alphabet; all 0 for marks, and if rejected. */
  probabilities: number[];
  /** Around its ink, in pixels of the input or the unit of its strokes. */
  box: { x: number; y: number; width: number; height: number };
  /** Why there is no label: it is unlike anything the network was taught. */
  rejected?: 'unfamiliar';
}

/** A prepared input before standardisation, values 0 to 1, row by row, channels last. */
export interface PreparedImage {
  width: number;
  height: number;
  channels: number;
  data: Float32Array;
}

/** What a regressor answers. */
export interface RegressionPrediction {
  /** One for each output of the last layer, in the unit of the targets. */
  values: number[];
  /** What the network saw, if asked for. */
  image?: PreparedImage;
}

export interface Score {
  /** 0 to 1. */
  accuracy: number;
  /** Mean cross-entropy of the logits, in nats; confidence is calibrated only after them, by a temperature. */
  loss: number;
}

export interface Evaluation extends Score {
  samples: number;
  perClass: { label: string; samples: number; accuracy: number }[];
  /** confusion[truth][answer], counts, in the order of `classifier.labels`. */
  confusion: number[][];
  /** Indices into the samples given. */
  misclassified: number[];
}

export interface RegressionScore {
  /** Mean squared error over samples and outputs, in the targets' unit squared. */
  loss: number;
}

export interface RegressionEvaluation extends RegressionScore {
  samples: number;
}

/** One epoch of training; the validation figures are there if something was held back. */
export interface EpochRecord extends Score {
  /** From 1. */
  epoch: number;
  learningRate: number;
  validationLoss?: number;
  validationAccuracy?: number;
  seconds: number;
}

/**
 * Something about the samples of a fine-tune that a person should look at.
 * @example
 * const { warnings } = await digits.fineTune(samples);
 * for (const { message, samples: at } of warnings) console.warn(message, at.map((i) => samples[i]));
 */
export interface SampleWarning {
  /**
   * `two-labels`: one drawing under several labels. `copy`: a drawing that is there already under this label.
   * `validation-copy`: one that is among the validation samples too. `similar-label`: a label of one sample that is another
   * one but for case, spaces or a letter. `unlike-label`: probably mislabelled. `few-samples`: of a label that has a tenth of
   * another's, or less.
   */
  kind: 'two-labels' | 'copy' | 'validation-copy' | 'similar-label' | 'unlike-label' | 'few-samples';
  /** In a sentence. */
  message: string;
  /** Indices into the samples given. */
  samples: number[];
}

export interface FineTuneReport {
  kept: 'tuned' | 'original';
  /**
   * The weights before and after, on what was held back, or on the training samples if nothing was. Where labels have
   * very different numbers of samples, each label counts the same, however many it has.
   */
  before: Score;
  after: Score;
  /** What `before` and `after` were measured on, and how many samples of it. */
  measuredOn: 'validation' | 'training';
  measuredSamples: number;
  /** Whether the head kept its classes, or some of them; was widened by new ones; or was replaced. */
  head: 'kept' | 'extended' | 'replaced';
  /** Which layers were to learn. */
  layers: 'all' | 'head' | number;
  labels: string[];
  /** Why training ended. */
  stopped: 'finished' | 'early' | 'diverged';
  /** The epoch whose weights were restored, from 1; 0 is the start. */
  bestEpoch: number;
  history: EpochRecord[];
  seconds: number;
  /** What looks wrong in the samples, if anything does. */
  warnings: SampleWarning[];
  /** What a person should know about all this, in a sentence or two. */
  note: string;
}

/** One epoch of regression. */
export type RegressionEpoch = Omit<EpochRecord, 'accuracy' | 'validationAccuracy'>;

export interface RegressionReport extends Omit<
  FineTuneReport,
  'before' | 'after' | 'head' | 'layers' | 'labels' | 'history' | 'warnings'
> {
  /** The weights before and after, on what was held back, or on the training samples if nothing was. */
  before: RegressionScore;
  after: RegressionScore;
  history: RegressionEpoch[];
}
