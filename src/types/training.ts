// How a network is fine-tuned.

import type { LongCallOptions } from './calls.js';
import type { RegressionSample, Sample } from './inputs.js';

/** Optimizers in PyTorch's formulas and with its constants; `nesterov` is SGD with Nesterov's momentum. */
export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'rmsprop' | 'adagrad' | 'adadelta' | 'adam' | 'adamw';

/**
 * How the learning rate moves over the run: it stays, falls evenly or along half a cosine to 0, or (`one-cycle`, Smith
 * 2018) rises from a 25th in the first 30 % of the steps and then falls to 0, both along half a cosine.
 */
export type ScheduleName = 'constant' | 'linear' | 'cosine' | 'one-cycle';

/** How far ink may be changed at random; each example draws evenly between none and these, either way. */
export interface InkStrengths {
  /** Degrees. */
  rotation: number;
  /** Size, as a share: 0.1 is from 1 / 1.1 to 1.1 times. */
  scale: number;
  /** Width over height, as a share. */
  aspect: number;
  /** Slant: how far x moves per y. */
  shear: number;
  /** Pixels, along each axis. */
  shift: number;
  /** Root mean square of the smooth local displacement, pixels along each axis. */
  elastic: number;
  /** How far the edges of strokes move in or out, pixels. */
  thickness: number;
}

/** How far photos may be changed at random. */
export interface PhotoStrengths {
  /** Pixels padded on every side before a crop of the picture's own size. */
  crop: number;
  /** Probability of a mirrored picture. */
  flip: number;
  /** Share by which the light is multiplied. */
  brightness: number;
  /** Share of the distance of each value to the picture's mean. */
  contrast: number;
  /** Share of the distance of each colour to its grey. */
  saturation: number;
  /** Side of a square that is blanked, pixels (DeVries and Taylor 2017). */
  cutout: number;
}

/** What to change of the default strengths; only those that suit the kind of input are known. */
export type AugmentOptions = { [name in keyof (InkStrengths & PhotoStrengths)]?: number | undefined } & {
  /** Factor on everything that is random. Default 1; 0 leaves examples as they are. */
  strength?: number | undefined;
};

/**
 * What is not given is chosen by the table of defaults in docs/teach.md, which has a reason for each. New labels
 * alone, in place of all that a network knew, are learned as by a network that was never trained.
 */
export interface FineTuneOptions extends LongCallOptions {
  /**
   * Default: as many as make 300 steps, at most 30; 60 for fewer than five samples of each label; more for new labels
   * alone, for batch norm that reads most samples right already, and for a network that was never trained.
   */
  epochs?: number | undefined;
  /** Default 16; 8 for new labels alone, and for a network that was never trained. */
  batchSize?: number | undefined;
  /** `momentum` is SGD with momentum. Default `adam`; `adamw` for a network that was never trained. */
  optimizer?: OptimizerName | undefined;
  /** Of the first steps, or with `one-cycle` the greatest. Default: 0.001 for `adam`; see docs/teach.md. */
  learningRate?: number | undefined;
  /** For `momentum` and `nesterov`, default 0.9; and for `rmsprop`, default 0. As in PyTorch. */
  momentum?: number | undefined;
  /**
   * `rmsprop` divides by an estimate of the gradient's standard deviation, not of its root mean square (Graves 2013), as
   * in PyTorch. Default false.
   */
  centered?: boolean | undefined;
  /**
   * Share of the weights added to their gradients; with `adamw` (Loshchilov and Hutter 2017) weights shrink by
   * `learningRate` times it in each step instead. Default 0.01 for `adamw`, 0.1 if it was never trained; else 0.
   */
  weightDecay?: number | undefined;
  /** How the learning rate moves over the run. Default `cosine`; `one-cycle` for a network that was never trained. */
  schedule?: ScheduleName | undefined;
  /**
   * Share of each label's probability that all classes get alike (Szegedy et al. 2016). Default 0; 0.1 for a network
   * that was never trained.
   */
  labelSmoothing?: number | undefined;
  /**
   * Show the network a new random variant of a sample each time, for `ink` and `photo` inputs; `true` for the default
   * strengths. Samples held back are never varied. Default: `true` for a network that was never trained or has batch
   * norm, weaker for others, `false` if only the head learns.
   */
  augment?: boolean | AugmentOptions | undefined;
  /**
   * Which layers learn: `all`, the `head` alone, or the last n that have weights. Default `all`; 3 for fewer than five
   * samples of each label, and for new ones among those it knows with fewer than 20; `head` for one sample and batch norm.
   */
  layers?: 'all' | 'head' | number | undefined;
  /**
   * Share of the samples held back, or the samples to validate on. Default: 0.2 if there are five of each label on average (50 for
   * a network that was never trained), else 0. Unless there are 200 of each label or a share was given, the weights that
   * are kept learn from what was held back too, after it has told that learning helps.
   */
  validation?: number | readonly Sample[] | undefined;
  /** Stop after so many epochs without a better validation score (accuracy, then loss). Default 0: never. */
  patience?: number | undefined;
  /**
   * The classes of the new head, in order. Default: see "New labels" in docs/teach.md. One that has had no samples yet is masked:
   * its probability is 0 until it is taught.
   */
  labels?: readonly (string | number)[] | undefined;
  /**
   * `better` (default): keep tuned weights only if better on what was held back; where nothing was, or new labels were
   * taught, they are kept. `always`: keep them anyway.
   */
  keep?: 'better' | 'always' | undefined;
  /** For everything random: splits, shuffling, variants. Default: the one that the network was loaded with. */
  seed?: number | undefined;
}

/** Regression trains all layers, of samples as they are; targets may be of any size, since they are standardised. */
export interface RegressionFineTuneOptions extends Omit<
  FineTuneOptions,
  'labels' | 'labelSmoothing' | 'augment' | 'layers' | 'validation'
> {
  /** Share of the samples held back, or the samples to validate on. Default: 0.2 of 20 samples or more, else 0. */
  validation?: number | readonly RegressionSample[] | undefined;
}
