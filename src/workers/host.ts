import type { Device } from '../backends/device.js';
import { selectDevice } from '../backends/select.js';
import { openWasm } from '../backends/wasm/open.js';
import { download } from '../assets.js';
import { HandfulError } from '../errors.js';
import { infer } from '../models/inference.js';
import { isInDistribution } from '../models/ood-detector.js';
import { initialise } from '../models/initialise.js';
import { checkLabels, defaultLabels } from '../models/labels.js';
import { maskLogits } from '../models/masked-classes.js';
import type { Model } from '../models/model.js';
import { decodeModel, encodeModel } from '../models/files/model-file.js';
import { Network } from '../models/network.js';
import { checkPreprocess, defaultPreprocess } from '../models/preprocessing.js';
import type { Prepared } from '../preprocess/prepare.js';
import { pretrainedUrl } from '../models/pretrained.js';
import { badOption } from '../common/messages.js';
import { plan } from '../models/spec.js';
import { classIndices } from '../training/loop/dataset.js';
import { fineTune } from '../training/finetune.js';
import { argMax, checkAnswers, evaluation, softmax } from '../training/loop/metrics.js';
import type { TuneOptions } from '../training/plans/task.js';
import { createTrial } from '../training/loop/timing-trial.js';
import type { BackendInfo, Evaluation, Prediction, PreparedImage } from '../types.js';
import { decodeAll, decodeSamples } from './decode.js';
import type {
  ClassifierInfo,
  HostApi,
  OpenOptions,
  ProgressCallback,
  Source,
  WireInput,
  WireSample,
} from './protocol.js';
import { CallQueue } from './queue.js';
import type { Running } from './queue.js';

/** What a host holds once it is open. `model` mirrors the network's weights on the CPU side and is never written to. */
interface State {
  options: OpenOptions;
  /** What `reset` returns to. */
  original: Model;
  model: Model;
  network: Network;
  device: Device;
  backend: BackendInfo;
}

/** One classifier's network, on the side that computes. A failed call leaves it as it was. */
export class Host implements HostApi {
  private readonly queue = new CallQueue();
  private state: State | undefined;

  open(id: number, onProgress: ProgressCallback, source: Source, options: OpenOptions): Promise<ClassifierInfo> {
    return this.queue.run(id, onProgress, async (running) => {
      // The backend starts while the weights are on their way; `selectDevice` then shares it.
      const early = options.backend === 'webgpu' ? undefined : openWasm({});
      early?.catch(() => {}); // selectDevice meets the same error
      try {
        const model = await readModel(source, options, running);
        const { device, info } = await openDevice(model, options, running.signal);
        const network = new Network(plan(model.spec), model.weights, device);
        this.state = { options, original: model, model, network, device, backend: info };
        await running.finish({ phase: 'loading' });
        return this.info();
      } finally {
        void early?.then((device) => device.release()).catch(() => {});
      }
    });
  }

  predict(
    id: number,
    onProgress: ProgressCallback,
    inputs: WireInput[],
    { image, reject }: { image: boolean; reject: boolean },
  ): Promise<Prediction[]> {
    return this.queue.run(id, onProgress, async ({ signal }) => {
      if (typeof reject !== 'boolean') badOption('reject', 'true or false', reject);
      const { model } = this.opened();
      const prepared: Prepared[] = [];
      const values = await decodeAll(inputs, model, {
        name: (i) => (inputs.length > 1 ? `Input ${i}` : 'The input'),
        signal,
        each: (input) => prepared.push(input),
      });
      const length = values.length / inputs.length;
      const { logits, features } = await this.onDevice(({ network }) =>
        inferWithFeatures(network, values, (reject && model.detector?.layer) || 0, signal),
      );
      maskLogits(checkAnswers(logits), model);
      const width = features.length / inputs.length;
      const isStrange = (i: number): boolean =>
        width > 0 &&
        !isInDistribution(
          model.detector!,
          values.subarray(i * length, (i + 1) * length),
          features.subarray(i * width, (i + 1) * width),
        );
      return prepared.map((input, i) => {
        const why = input.blank ? 'blank' : isStrange(i) && 'unfamiliar';
        const answer = why ? rejected(why, model.labels) : answered(logits, i, model);
        return image ? { ...answer, image: asImage(input.values, model.spec.input) } : answer;
      });
    });
  }

  evaluate(id: number, report: ProgressCallback, samples: WireSample[]): Promise<Evaluation> {
    return this.queue.run(id, report, async ({ signal, onProgress, finish }) => {
      const { model } = this.opened();
      const classes = classIndices(
        samples.map(({ label }) => label),
        model.labels,
        'Sample',
      );
      const inputs = await decodeSamples(samples, model, 'Sample', signal, (fraction) =>
        onProgress({ phase: 'preparing', fraction: fraction / 2 }),
      );
      const logits = await this.onDevice(({ network }) =>
        infer(network, inputs, {
          signal,
          onProgress: (fraction) => onProgress({ phase: 'evaluating', fraction: 0.5 + fraction / 2 }),
        }),
      );
      await finish({ phase: 'evaluating' });
      return evaluation(maskLogits(checkAnswers(logits), model), classes, model.labels);
    });
  }

  fineTune(
    id: number,
    report: ProgressCallback,
    samples: WireSample[],
    options: TuneOptions,
    validation: WireSample[] | undefined,
  ) {
    return this.queue.run(id, report, async ({ signal, onProgress, finish }) => {
      const { model, options: opened } = this.opened();
      const prepare = async (what: string, samples: WireSample[]) => ({
        inputs: await decodeSamples(samples, model, what, signal),
        labels: samples.map(({ label }) => label),
      });
      const task = {
        model,
        samples: await prepare('Sample', samples),
        validation: validation && (await prepare('Validation sample', validation)),
        options: { ...options, seed: options.seed ?? opened.seed },
        signal,
        onProgress,
      };
      const { model: tuned, report } = await this.onDevice((state) =>
        fineTune({
          ...task,
          build: async (plan, weights) => {
            if (state.device.isLost) await this.replaceDevice(state);
            return new Network(plan, weights, state.device);
          },
        }),
      );
      await finish({ phase: 'evaluating', history: report.history });
      this.adopt(this.opened(), tuned);
      return { report, info: this.info() };
    });
  }

  reset(id: number, onProgress: ProgressCallback): Promise<ClassifierInfo> {
    return this.queue.run(id, onProgress, () =>
      this.onDevice(async (state) => {
        this.adopt(state, state.original);
        return this.info();
      }),
    );
  }

  export(id: number, onProgress: ProgressCallback): Promise<Uint8Array> {
    return this.queue.run(id, onProgress, async () => encodeModel(this.opened().model));
  }

  abort(id: number): void {
    this.queue.abort(id);
  }

  dispose(): void {
    const free = () => {
      this.state?.network.dispose();
      this.state?.device.release();
      this.state = undefined;
    };
    const idle = this.queue.idle;
    void this.queue.close().then(free);
    if (idle) free();
  }

  private opened(): State {
    if (!this.state) throw new HandfulError('internal', 'The classifier was not opened.');
    return this.state;
  }

  private info(): ClassifierInfo {
    const { model, network, backend } = this.opened();
    const { spec, labels, preprocess } = model;
    return { spec, labels, preprocess, parameters: network.plan.trainable, backend };
  }

  /** Puts another model in the place of the present one. */
  private adopt(state: State, model: Model): void {
    if (model !== state.model) {
      const network = new Network(plan(model.spec), model.weights, state.device);
      state.network.dispose();
      state.network = network;
    }
    state.model = model;
  }

  /** Runs work on the device; if the GPU is lost on the way, replaces it and runs the work again, once. */
  private async onDevice<T>(work: (state: State) => Promise<T>): Promise<T> {
    const state = this.opened();
    try {
      if (state.device.isLost) await this.replaceDevice(state);
      return await work(state);
    } catch (error) {
      if (!(error instanceof HandfulError && error.code === 'backend-lost')) throw error;
      if (state.device.isLost) await this.replaceDevice(state);
      return work(state);
    }
  }

  /** Opens a working device after a loss and rebuilds the network there from the mirrored weights. */
  private async replaceDevice(state: State): Promise<void> {
    const { options, model } = state;
    const lost = state.backend.name;
    const { device, info } = await openDevice(model, options).catch(() =>
      openDevice(model, { ...options, backend: 'wasm' }),
    );
    state.network.dispose();
    state.device.release();
    state.device = device;
    state.backend = { ...info, reason: `${info.reason} (Chosen again after the ${lost} device was lost.)` };
    state.network = new Network(plan(model.spec), model.weights, device);
  }
}

async function readModel(source: Source, options: OpenOptions, { signal, onProgress }: Running): Promise<Model> {
  const { spec, labels, preprocess, seed, assetBase } = options;
  if (preprocess !== undefined && Object(preprocess) !== preprocess)
    badOption('preprocess', '{ kind, mean, std }', preprocess);
  if (source.kind === 'spec') {
    const checked = plan(source.spec);
    return {
      spec: structuredClone(source.spec), // in the caller's thread it would go on being the caller's
      fresh: true,
      labels: labels ? checkLabels(labels, checked.classes, 'bad-argument') : defaultLabels(checked.classes),
      preprocess: checkPreprocess(
        { ...defaultPreprocess(source.spec.input), ...preprocess },
        source.spec.input,
        'bad-argument',
      ),
      weights: initialise(checked, seed),
    };
  }
  const given = { ...(spec && { spec }), ...(labels && { labels }), ...(preprocess && { preprocess }) };
  if (source.kind === 'bytes') return decodeModel(source.bytes, given);
  const url = source.kind === 'url' ? new URL(source.url) : pretrainedUrl(source.id, assetBase);
  const bytes = await download(url, signal, (received, total) =>
    onProgress({ phase: 'loading', fraction: total ? (0.9 * received) / total : 0 }),
  );
  try {
    return decodeModel(bytes, given);
  } catch (error) {
    if (!(error instanceof HandfulError && error.code === 'bad-model')) throw error;
    throw new HandfulError(error.code, `${url.href}: ${error.message}`, { cause: error.cause });
  }
}

function openDevice(model: Model, { backend }: OpenOptions, signal?: AbortSignal) {
  return selectDevice({
    backend,
    ...(signal && { signal }),
    remember: JSON.stringify(model.spec),
    trial: (device) => createTrial(plan(model.spec), model.weights, device),
  });
}

/** Logits, and on the way to them what layer `layer` takes; nothing of it for layer 0. */
async function inferWithFeatures(network: Network, inputs: Float32Array, layer: number, signal?: AbortSignal) {
  if (layer === 0) return { logits: await infer(network, inputs, { signal }), features: new Float32Array() };
  const features = await infer(network, inputs, { to: layer, signal });
  return { logits: await infer(network, features, { from: layer, signal }), features };
}

function rejected(why: NonNullable<Prediction['rejected']>, labels: readonly string[]): Prediction {
  return { label: null, confidence: 0, probabilities: labels.map(() => 0), rejected: why };
}

function answered(logits: Float32Array, row: number, { labels, temperature }: Model): Prediction {
  const probabilities = softmax(logits, row * labels.length, labels.length, temperature);
  const best = argMax(probabilities);
  return { label: labels[best]!, confidence: probabilities[best]!, probabilities };
}

function asImage(data: Float32Array, input: readonly number[]): PreparedImage {
  const [height, width, channels] =
    input.length === 3 ? input : input[0] === 784 ? [28, 28, 1] : [1, input[0]!, 1]; // prettier-ignore
  return { width: width!, height: height!, channels: channels!, data };
}
