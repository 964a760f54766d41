import { Backends } from '../../backends/backends.js';
import type { Device } from '../../backends/device.js';
import { HandfulError } from '../../errors.js';
import { decodeModel } from '../../models/files/model-file.js';
import type { Model, Weights } from '../../models/model.js';
import { Network } from '../../models/network.js';
import { lower } from '../../models/lowering/lower.js';
import type { Architecture } from '../../models/lowering/lower.js';
import { trainingWorkload } from '../../training/loop/training-workload.js';
import type { Learning } from '../../training/loop/training-workload.js';
import type { BackendInfo, EpochRecord } from '../../types.js';
import type { NetworkInfo, OpenOptions, Source } from '../protocol.js';
import { answeringWorkload } from './answering-workload.js';
import { callOptions, checkedPreprocess } from './call-options.js';
import type { Running } from './queue.js';
import { settlePreprocess } from './settle-preprocess.js';
import { readModel } from './read-model.js';

/** What learning makes of a session's model. */
export interface Learned<Report> {
  model: Model;
  report: Report;
  /** Told with the last progress. */
  history?: EpochRecord[];
}

/** A model, and the networks that compute it on the devices in use, which are replaced if they are lost. */
export class Session {
  private readonly networks = new Map<Device, Network>();
  private readonly architecture = new WeakMap<Model, Architecture>();
  /** Where the last network was built to learn. */
  private learnsOn: Device | undefined;
  /** The model that is to be answered faster. */
  private sped: Model | undefined;

  private constructor(
    readonly options: OpenOptions,
    private current: Model,
    /** What `reset` returns to. */
    private readonly original: (running: Running) => Promise<Model>,
    private readonly backends: Backends,
    private readonly notes: readonly string[],
  ) {
    this.networkOn(backends.forAnswers(1));
  }

  /**
   * @param learned What it begins with, if that is not the source.
   * @throws {HandfulError} As `readModel`; `backend-unavailable`.
   */
  static async open(running: Running, source: Source, given: OpenOptions, learned?: Uint8Array): Promise<Session> {
    const preprocess = checkedPreprocess(given);
    const options = { ...given, ...(preprocess && { preprocess }) };
    const opening = Backends.open(options); // while the weights are on their way
    opening.catch(() => {}); // it is met below
    try {
      let original: Model | undefined;
      const read = async (running: Running) => (original ??= await readModel(source, options, running));
      const model = learned ? decodeModel(learned, {}) : await read(running);
      const backends = await opening;
      if (learned) return new Session(options, model, read, backends, []);
      const device = backends.forAnswers(1);
      const settled = await settlePreprocess(model, { source, probe: options.probe, device, running });
      original = settled.model;
      return new Session(options, original, read, backends, settled.notes);
    } catch (error) {
      void opening.then((backends) => backends.release()).catch(() => {});
      throw error;
    }
  }

  /** Mirrors the network's weights on the CPU side, and is never written to. */
  get model(): Model {
    return this.current;
  }

  get info(): NetworkInfo {
    const { spec, labels, preprocess, loss = 'crossEntropy' } = this.current;
    const { classes: outputs, trainable: parameters } = this.lowered(this.current);
    const options = callOptions(this.current);
    const notes = [...(this.current.notes ?? []), ...this.notes];
    return { spec, labels, preprocess, loss, outputs, parameters, backend: this.backend, options, notes };
  }

  get backend(): BackendInfo {
    return this.backends.info;
  }

  /** Puts another model in the place of the present one. */
  adopt(model: Model): void {
    if (model !== this.current) {
      const device = this.backends.forAnswers(1);
      const network = new Network(this.lowered(model), model.weights, device);
      this.forgetNetworks();
      this.networks.set(device, network);
    }
    this.current = model;
  }

  /** @throws {HandfulError} As `readModel`, if what was opened was not read yet. */
  async reset(running: Running): Promise<void> {
    const model = await this.original(running);
    await running.finish({ phase: 'loading' });
    await this.putIn(model);
  }

  /** As `adopt`, also where the GPU is lost. */
  async putIn(model: Model): Promise<void> {
    await this.again(
      async () => this.adopt(model),
      () => this.backends.forAnswers(1),
    );
  }

  /**
   * Answers inputs, on the device that is the fastest at so many; again on another one, if that is lost or fails.
   * @param count Of the inputs.
   */
  answer<T>(count: number, work: (network: Network) => Promise<T>): Promise<T> {
    let device = this.backends.forAnswers(count);
    return this.again(
      () => work(this.networkOn((device = this.backends.forAnswers(count)))),
      () => device,
    );
  }

  /** Runs work that has networks built to learn; again from its start, if the GPU is lost and it could not go on. */
  learn<T>(work: () => Promise<T>): Promise<T> {
    return this.again(work, () => this.learnsOn);
  }

  /** A network to learn, on the device that is the fastest at just that; the caller disposes of it. */
  async build(architecture: Architecture, weights: Weights, learning: Learning): Promise<Network> {
    const device = await this.backends.forLearning(trainingWorkload(architecture, weights, learning));
    this.learnsOn = device;
    return new Network(architecture, weights, device);
  }

  /** To be called once an answer is out: what makes others faster starts only then. */
  speedUp(): void {
    if (this.sped === this.current) return;
    this.sped = this.current;
    void this.backends.speedUp(answeringWorkload(this.current));
  }

  dispose(): void {
    this.forgetNetworks();
    this.backends.release();
  }

  private async again<T>(work: () => Promise<T>, device: () => Device | undefined): Promise<T> {
    for (;;)
      try {
        return await work();
      } catch (error) {
        if (!(await this.isMended(error, device()))) throw error;
      }
  }

  /** Puts another device in the place of one that failed. @returns Whether it is worth another try. */
  private async isMended(error: unknown, device: Device | undefined): Promise<boolean> {
    if (!(error instanceof HandfulError)) return false;
    const isMended =
      error.code === 'backend-lost'
        ? await this.backends.replaceLost()
        : /^(internal|out-of-memory)$/.test(error.code) && !!device && this.backends.standIn(device, error);
    if (isMended) this.forgetNetworks();
    return isMended;
  }

  private lowered(model: Model): Architecture {
    const found = this.architecture.get(model) ?? lower(model.spec);
    this.architecture.set(model, found);
    return found;
  }

  private networkOn(device: Device): Network {
    const { current } = this;
    const network = this.networks.get(device) ?? new Network(this.lowered(current), current.weights, device);
    this.networks.set(device, network);
    return network;
  }

  private forgetNetworks(): void {
    for (const network of this.networks.values()) network.dispose();
    this.networks.clear();
  }
}
