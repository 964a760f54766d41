import { infer } from '../../models/inference.js';
import type { Model } from '../../models/model.js';
import type { Network } from '../../models/network.js';
import type { Progress, Score } from '../../types.js';
import { classMeans } from '../classes/class-statistics.js';
import { featuresAtHead } from '../classes/head-features.js';
import { fitNewClasses, startAsPrototypes } from '../classes/new-classes.js';
import type { Dataset } from '../loop/dataset.js';
import { balancedScore, checkAnswers, score } from '../loop/metrics.js';
import { train } from '../loop/trainer.js';
import type { TrainResult } from '../loop/trainer.js';
import type { Learning } from '../loop/training-workload.js';
import type { Context } from './context.js';
import { computeFeatures } from './features.js';
import type { Features } from './features.js';
import type { Settings } from './settings.js';

/** A part of a fine-tune's progress, from and to. */
export type Part = readonly [from: number, to: number];

/** A fine-tune under way: the network that learns, another one if its GPU is lost, and what it learns from. */
export class Run {
  private startsWith: Model;

  private constructor(
    readonly context: Context,
    private current: Network,
    readonly features: Features,
    /** The score of the model as it was given, on what `measured` is. */
    readonly before: Score,
  ) {
    this.startsWith = context.model;
  }

  /** @throws {HandfulError} `aborted`, `backend-lost`; `bad-model` for weights whose answers are not finite. */
  static async begin(context: Context): Promise<Run> {
    const network = await context.task.build(context.architecture, context.model.weights, learningOf(context));
    try {
      const features = await computeFeatures(network, context);
      const { inputs, classes } = features.validation ?? features.fixed;
      const { from, task } = context;
      const before = scoreOf(
        context,
        checkAnswers(await infer(network, inputs, { from, signal: task.signal })),
        classes,
      );
      return new Run(context, network, features, before);
    } catch (error) {
      network.dispose();
      throw error;
    }
  }

  /** The context's model with the first weights of new classes: what training begins with. */
  get begun(): Model {
    return this.startsWith;
  }

  get network(): Network {
    return this.current;
  }

  /** What tells whether learning helped: samples held back, or all if there are none. */
  get measured(): Dataset {
    return this.features.validation ?? this.features.fixed;
  }

  logits({ inputs }: Dataset): Promise<Float32Array> {
    const { from, task } = this.context;
    return infer(this.network, inputs, { from, signal: task.signal });
  }

  async score(set: Dataset): Promise<Score> {
    return scoreOf(this.context, await this.logits(set), set.classes);
  }

  /** For each class the mean of what the head takes of its samples; undefined for a class without any. */
  async meansAtHead(): Promise<(Float32Array | undefined)[]> {
    const { fixed } = this.features;
    return classMeans(await this.featuresAtHead(), fixed.classes, this.context.architecture.classes);
  }

  /** What the head takes of all samples, [N, width], flat. */
  featuresAtHead(): Promise<Float32Array> {
    const { from, task } = this.context;
    return featuresAtHead(this.network, this.features.fixed, { from, signal: task.signal });
  }

  /** Puts the weights that training begins with into the network: new classes, if there are any, get theirs of `set`. */
  async start(set: Dataset): Promise<void> {
    const { facts, model, isNew, examples } = this.context;
    this.network.write(model.weights);
    if (facts.replays) this.startsWith = await fitNewClasses(this.network, model, set, isNew, examples);
    else if (facts.newLabels.length > 0 && !facts.isFresh)
      this.startsWith = await startAsPrototypes(this.network, model, set, isNew, examples);
  }

  /** Trains the network. @param validation Decides which epoch was best; without it the last one is. */
  train(set: Dataset, settings: Settings, validation: Dataset | undefined, [first, last]: Part): Promise<TrainResult> {
    const { task, architecture, facts, from, examples } = this.context;
    return train(this.network, set, {
      ...settings,
      augment: examples.augment,
      from,
      isBalanced: facts.isUneven,
      validation,
      signal: task.signal,
      onProgress: (progress) =>
        task.onProgress?.({ ...progress, fraction: first + (last - first) * progress.fraction }),
      onLost: async (weights) => {
        this.current.dispose();
        return (this.current = await task.build(architecture, weights, learningOf(this.context)));
      },
    });
  }

  tellEvaluating(fraction: number, history: Progress['history']): void {
    this.context.task.onProgress?.({ phase: 'evaluating', fraction, history });
  }

  dispose(): void {
    this.current.dispose();
  }
}

/** Accuracy and loss; where classes have very different numbers of samples, each class counts the same. */
const scoreOf = ({ facts }: Context, logits: Float32Array, classes: Int32Array): Score =>
  (facts.isUneven ? balancedScore : score)(logits, classes);

const learningOf = ({ from, batchSize }: Context): Learning => ({ from, batchSize });
