import { HandfulError } from '../errors.js';
import { encodeModel } from '../models/files/model-file.js';
import { infer } from '../models/inference.js';
import type { Model } from '../models/model.js';
import { classIndices } from '../training/dataset.js';
import { fineTune } from '../training/finetune.js';
import { checkAnswers, evaluation, meanSquaredError } from '../training/metrics.js';
import type { TuneOptions } from '../training/recipe.js';
import { fineTuneRegression } from '../training/regression.js';
import type { RegressionTuneOptions } from '../training/regression-recipe.js';
import type {
  EpochRecord,
  Evaluation,
  FineTuneReport,
  Prediction,
  Regression,
  RegressionEvaluation,
  RegressionReport,
} from '../types.js';
import { answered, rejected, seen } from './answers.js';
import { decodeAll, decodeSamples, refuseBlank } from './decode.js';
import { inferJudged } from './out-of-distribution.js';
import type {
  Call,
  HostApi,
  NetworkInfo,
  OpenOptions,
  Source,
  Tuned,
  WireInput,
  WireRegressionSample,
  WireSample,
} from './protocol.js';
import { CallQueue } from './queue.js';
import type { Running } from './queue.js';
import { Session } from './session.js';

/** One network, on the side that computes. A failed call leaves it as it was. */
export class Host implements HostApi {
  private readonly queue = new CallQueue();
  private session: Session | undefined;

  open(call: Call, source: Source, options: OpenOptions): Promise<NetworkInfo> {
    return this.queue.run(call, async (running) => {
      this.session = await Session.open(source, options, running);
      await running.finish({ phase: 'loading' });
      return this.session.info;
    });
  }

  predict(
    call: Call,
    inputs: WireInput[],
    { image, reject }: { image: boolean; reject: boolean },
  ): Promise<Prediction[]> {
    return this.queue.run(call, async ({ signal }) => {
      const session = this.opened();
      const { model } = session;
      const { values, prepared } = await decodeAll(inputs, model, { name: inputName(inputs), signal });
      const { logits, isUnfamiliar } = await session.onDevice(async (network) =>
        reject
          ? inferJudged(network, model, values, inputs.length, signal)
          : { logits: await infer(network, values, { signal }), isUnfamiliar: () => false },
      );
      checkAnswers(logits);
      return prepared.map((input, i) => {
        const why = input.blank ? 'blank' : isUnfamiliar(i) && 'unfamiliar';
        const answer = why ? rejected(why, model) : answered(logits, i, model);
        return image ? { ...answer, image: seen(input, model) } : answer;
      });
    });
  }

  evaluate(call: Call, samples: WireSample[]): Promise<Evaluation> {
    return this.queue.run(call, async (running) => {
      const { labels } = this.opened().model;
      const classes = classIndices(
        samples.map(({ label }) => label),
        labels,
        'Sample',
      );
      return evaluation(await this.answers(samples, running), classes, labels);
    });
  }

  fineTune(
    call: Call,
    samples: WireSample[],
    options: TuneOptions,
    validation: WireSample[] | undefined,
  ): Promise<Tuned<FineTuneReport>> {
    return this.learn(call, async (session, { signal, onProgress }) => {
      const { model } = session;
      const prepare = async (what: string, samples: WireSample[]) => ({
        inputs: await decodeSamples(samples, model, what, signal),
        labels: samples.map(({ label }) => label),
      });
      const task = {
        model,
        samples: await prepare('Sample', samples),
        validation: validation && (await prepare('Validation sample', validation)),
        options: { ...options, seed: options.seed ?? session.options.seed },
        signal,
        onProgress,
      };
      const tuned = await session.onDevice(() => fineTune({ ...task, build: session.build.bind(session) }));
      return { ...tuned, history: tuned.report.history };
    });
  }

  regress(call: Call, inputs: WireInput[], { image }: { image: boolean }): Promise<Regression[]> {
    return this.queue.run(call, async ({ signal }) => {
      const session = this.opened();
      const name = inputName(inputs);
      const { values, prepared } = await decodeAll(inputs, session.model, { name, signal, each: refuseBlank(name) });
      const outputs = checkAnswers(await session.onDevice((network) => infer(network, values, { signal })));
      const width = outputs.length / inputs.length;
      return prepared.map((input, i) => ({
        values: Array.from(outputs.subarray(i * width, (i + 1) * width)),
        ...(image && { image: seen(input, session.model) }),
      }));
    });
  }

  evaluateRegression(call: Call, samples: WireRegressionSample[]): Promise<RegressionEvaluation> {
    return this.queue.run(call, async (running) => {
      const outputs = await this.answers(samples, running);
      return { loss: meanSquaredError(outputs, targetsOf(samples)), samples: samples.length };
    });
  }

  fineTuneRegression(
    call: Call,
    samples: WireRegressionSample[],
    options: RegressionTuneOptions,
    validation: WireRegressionSample[] | undefined,
  ): Promise<Tuned<RegressionReport>> {
    return this.learn(call, async (session, { signal, onProgress }) => {
      const { model } = session;
      const prepare = async (what: string, samples: WireRegressionSample[]) => ({
        inputs: await decodeSamples(samples, model, what, signal),
        targets: targetsOf(samples),
      });
      const task = {
        model,
        samples: await prepare('Sample', samples),
        validation: validation && (await prepare('Validation sample', validation)),
        options: { ...options, seed: options.seed ?? session.options.seed },
        signal,
        onProgress,
      };
      return session.onDevice(() => fineTuneRegression({ ...task, build: session.build.bind(session) }));
    });
  }

  reset(call: Call): Promise<NetworkInfo> {
    return this.queue.run(call, async () => {
      await this.opened().reset();
      return this.opened().info;
    });
  }

  export(call: Call): Promise<Uint8Array> {
    return this.queue.run(call, async () => encodeModel(this.opened().model));
  }

  /** Ends all calls, and frees what is held as soon as none runs any more. */
  dispose(): void {
    const free = () => {
      this.session?.dispose();
      this.session = undefined;
    };
    const idle = this.queue.idle;
    void this.queue.close().then(free);
    if (idle) free();
  }

  /** What the network answers to samples, [N, outputs], flat. */
  private async answers(
    samples: { input: WireInput }[],
    { signal, onProgress, finish }: Running,
  ): Promise<Float32Array> {
    const session = this.opened();
    const inputs = await decodeSamples(samples, session.model, 'Sample', signal, (fraction) =>
      onProgress({ phase: 'preparing', fraction: fraction / 2 }),
    );
    const outputs = await session.onDevice((network) =>
      infer(network, inputs, {
        signal,
        onProgress: (fraction) => onProgress({ phase: 'evaluating', fraction: 0.5 + fraction / 2 }),
      }),
    );
    await finish({ phase: 'evaluating' });
    return checkAnswers(outputs);
  }

  /** Runs what makes another model, which takes the present one's place once the caller has heard of it. */
  private learn<Report>(
    call: Call,
    work: (session: Session, running: Running) => Promise<{ model: Model; report: Report; history?: EpochRecord[] }>,
  ): Promise<Tuned<Report>> {
    return this.queue.run(call, async (running) => {
      const session = this.opened();
      const { model, report, history } = await work(session, running);
      await running.finish({ phase: 'evaluating', ...(history && { history }) });
      session.adopt(model);
      return { report, info: session.info };
    });
  }

  private opened(): Session {
    if (!this.session) throw new HandfulError('internal', 'The classifier was not opened.');
    return this.session;
  }
}

/** How inputs are called in errors. */
function inputName({ length }: WireInput[]): (index: number) => string {
  return (index) => (length > 1 ? `Input ${index}` : 'The input');
}

/** [N, outputs], flat. */
function targetsOf(samples: WireRegressionSample[]): Float32Array {
  return Float32Array.from(samples.flatMap(({ target }) => target));
}
