import type { Device } from '../../backends/device.js';
import { selectDevice } from '../../backends/select.js';
import { openWasm } from '../../backends/wasm/open.js';
import { HandfulError } from '../../errors.js';
import { decodeModel } from '../../models/files/model-file.js';
import type { Model, Weights } from '../../models/model.js';
import { Network } from '../../models/network.js';
import { lower } from '../../models/lowering/lower.js';
import type { Architecture } from '../../models/lowering/lower.js';
import { createTrial } from '../../training/loop/timing-trial.js';
import type { BackendInfo, EpochRecord } from '../../types.js';
import type { NetworkInfo, OpenOptions, Source } from '../protocol.js';
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

/** A model and the network that computes it, on a device that is replaced if it is lost. */
export class Session {
  private network: Network;

  private constructor(
    readonly options: OpenOptions,
    private current: Model,
    /** What `reset` returns to. */
    private readonly original: (running: Running) => Promise<Model>,
    private device: Device,
    private backend: BackendInfo,
    private readonly notes: readonly string[],
  ) {
    this.network = new Network(lower(current.spec), current.weights, device);
  }

  /**
   * @param learned What it begins with, if that is not the source.
   * @throws {HandfulError} As `readModel`; `backend-unavailable`.
   */
  static async open(running: Running, source: Source, given: OpenOptions, learned?: Uint8Array): Promise<Session> {
    const preprocess = checkedPreprocess(given);
    const options = { ...given, ...(preprocess && { preprocess }) };
    // The backend starts while the weights are on their way; `selectDevice` then shares it.
    const early = options.backend === 'webgpu' ? undefined : openWasm({});
    early?.catch(() => {}); // selectDevice meets the same error
    try {
      let original: Model | undefined;
      const read = async (running: Running) => (original ??= await readModel(source, options, running));
      const model = learned ? decodeModel(learned, {}) : await read(running);
      const { device, info } = await openDevice(model, options, running.signal);
      try {
        if (learned) return new Session(options, model, read, device, info, []);
        const settled = await settlePreprocess(model, { source, probe: options.probe, device, running });
        original = settled.model;
        return new Session(options, original, read, device, info, settled.notes);
      } catch (error) {
        device.release();
        throw error;
      }
    } finally {
      void early?.then((device) => device.release()).catch(() => {});
    }
  }

  /** Mirrors the network's weights on the CPU side, and is never written to. */
  get model(): Model {
    return this.current;
  }

  get info(): NetworkInfo {
    const { spec, labels, preprocess, loss = 'crossEntropy' } = this.current;
    const { classes: outputs, trainable: parameters } = this.network.architecture;
    const options = callOptions(this.current);
    const notes = [...(this.current.notes ?? []), ...this.notes];
    return { spec, labels, preprocess, loss, outputs, parameters, backend: this.backend, options, notes };
  }

  /** Puts another model in the place of the present one. */
  adopt(model: Model): void {
    if (model !== this.current) {
      const network = new Network(lower(model.spec), model.weights, this.device);
      this.network.dispose();
      this.network = network;
    }
    this.current = model;
  }

  /** @throws {HandfulError} As `readModel`, if what was opened was not read yet. */
  async reset(running: Running): Promise<void> {
    const model = await this.original(running);
    await running.finish({ phase: 'loading' });
    await this.onDevice(async () => this.adopt(model));
  }

  /** Runs work on the device; if the GPU is lost on the way, replaces it and runs the work again, once. */
  async onDevice<T>(work: (network: Network) => Promise<T>): Promise<T> {
    try {
      await this.replaceIfLost();
      return await work(this.network);
    } catch (error) {
      if (!(error instanceof HandfulError && error.code === 'backend-lost')) throw error;
      await this.replaceIfLost();
      return work(this.network);
    }
  }

  /** Another network on the device, for training; the caller disposes of it. */
  async build(architecture: Architecture, weights: Weights): Promise<Network> {
    await this.replaceIfLost();
    return new Network(architecture, weights, this.device);
  }

  dispose(): void {
    this.network.dispose();
    this.device.release();
  }

  /** After a loss: opens a working device and rebuilds the network there from the mirrored weights. */
  private async replaceIfLost(): Promise<void> {
    if (!this.device.isLost) return;
    const { options, current: model } = this;
    const lost = this.backend.name;
    const { device, info } = await openDevice(model, options).catch(() =>
      openDevice(model, { ...options, backend: 'wasm' }),
    );
    this.network.dispose();
    this.device.release();
    this.device = device;
    this.backend = { ...info, reason: `${info.reason} (Chosen again after the ${lost} device was lost.)` };
    this.network = new Network(lower(model.spec), model.weights, device);
  }
}

function openDevice(model: Model, { backend }: OpenOptions, signal?: AbortSignal) {
  return selectDevice({
    backend,
    ...(signal && { signal }),
    remember: JSON.stringify(model.spec),
    trial: (device) => createTrial(lower(model.spec), model.weights, device),
  });
}
