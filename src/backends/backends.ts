import { inTime } from '../common/in-time.js';
import { toHandfulError } from '../errors.js';
import type { BackendInfo, BackendName, BackendUse } from '../types.js';
import { keyOf, recall, remember } from './auto/remembered.js';
import { compare, isWorth, timingOf, warmUp } from './auto/trial.js';
import type { Timing, Workload } from './auto/trial.js';
import { AT_ONCE, failed, goneAway, inSoftware, NO_ADAPTER, verdict } from './auto/words.js';
import type { Device } from './device.js';
import { openWasm } from './wasm/open.js';
import { openWebgpu, probeWebgpu } from './webgpu/open.js';

export interface BackendsOptions {
  backend: 'auto' | BackendName;
  /** Used instead of a WebGPU device of our own, and never destroyed. */
  device?: GPUDevice | undefined;
}

/** What a trial found, and whether at an earlier visit. */
interface Finding {
  timings: readonly Timing[];
  isRemembered: boolean;
}

// Milliseconds that learning waits for a trial, with the GPU to be opened for it.
const PATIENCE = 1000;

/** Milliseconds in which a GPU that WASM can stand in for has to yield something. */
const SILENCE = 3000;

/** Inputs at once, of which is told how fast they are. */
const MANY = 64;

/** Trials that may fail on a device, at as many visits, before there are no more. */
const MOST_FAILURES = 3;

/**
 * What a network runs on: the backend asked for, or, with `auto`, WASM from the start, and WebGPU for those calls for
 * which it has proved so much faster here that it pays. It is tried in the background; whatever happens to it there, WASM
 * goes on answering.
 */
export class Backends {
  private readonly over = new AbortController();
  /** With `auto`: of WebGPU, once it is better at something. */
  private webgpu: Device | undefined;
  private opening: Promise<Device> | undefined;
  private readonly findings = new Map<string, Finding>();
  private readonly trials = new Map<string, Promise<void>>();
  private newest: Promise<void> = Promise.resolve();
  private running = 0;
  /** Something learns while a trial is under way, which then tells nothing. */
  private isDisturbed = false;
  private answering: string | undefined;
  private learning: string | undefined;
  private losses = 0;

  private constructor(
    private readonly given: GPUDevice | undefined,
    /** What is there from the start. */
    private main: Device,
    private mayTry: boolean,
    private reason: string,
  ) {}

  /** @throws {HandfulError} `backend-unavailable` if the backend is not there. */
  static async open({ backend, device }: BackendsOptions): Promise<Backends> {
    if (backend === 'webgpu') return new Backends(device, await openWebgpu({ device }), false, 'WebGPU was asked for.');
    const wasm = await openWasm({});
    if (backend === 'wasm') return new Backends(undefined, wasm, false, 'WASM was asked for.');
    const mayTry = device !== undefined || (globalThis.navigator as Partial<Navigator> | undefined)?.gpu !== undefined;
    return new Backends(device, wasm, mayTry, mayTry ? AT_ONCE : NO_ADAPTER);
  }

  /** What it runs on by now, and why. */
  get info(): BackendInfo {
    const { main, webgpu } = this;
    const answers = (count: number) => this.forAnswers(count).name;
    const uses = { predict: answers(1), predictBatch: answers(MANY), fineTune: this.learner().name };
    const used = webgpu && Object.values(uses).includes('webgpu') ? webgpu : undefined;
    const found = this.found();
    const timings = Object.entries(found).map(([use, timing]) => [use, wasmAndWebgpu(timing)] as const);
    return {
      ...{ ...used?.info, ...main.info, name: uses.predict, uses, reason: this.why(found) },
      ...(timings.length > 0 && { timings: Object.fromEntries(timings) }),
    };
  }

  /** The device that answers so many inputs at once. */
  forAnswers(count: number): Device {
    const found = this.answering && this.findings.get(this.answering);
    return (found && isWorth(timingOf(found.timings, count)) && this.sound) || this.main;
  }

  /** The device for learning, which waits a little for a trial of just that. */
  async forLearning(workload: Workload): Promise<Device> {
    this.learning = workload.name;
    this.isDisturbed = false;
    await this.replaceLost();
    await inTime(this.main.ready(), PATIENCE).catch(() => {});
    await inTime(this.tryOut(workload), PATIENCE).catch(() => void (this.isDisturbed = true));
    return this.learner();
  }

  /**
   * Makes answers faster, now that the first one is out: starts threads, and a trial of WebGPU. Resolves when that is
   * over, for which nobody has to wait; never rejects.
   */
  speedUp(workload: Workload): Promise<void> {
    this.answering = workload.name;
    this.isDisturbed = false;
    this.main.ready().catch(() => {});
    return this.tryOut(workload);
  }

  /** Puts WASM, or once another GPU, in the place of one that was lost. @returns Whether there was one. */
  async replaceLost(): Promise<boolean> {
    if (this.webgpu?.isLost) {
      this.giveUp(goneAway('it was lost'));
      return true;
    }
    const { main } = this;
    if (!main.isLost) return false;
    main.release();
    const again = this.losses++ === 0 && !this.given ? await openWebgpu().catch(() => undefined) : undefined;
    this.main = again ?? (await openWasm({}));
    this.reason = again ? 'WebGPU was asked for; the GPU went away once, and is back.' : goneAway('it was lost');
    return true;
  }

  /** Does without WebGPU from here on, if WASM can stand in for it. @returns Whether that was so. */
  standIn(device: Device, error: unknown): boolean {
    if (device !== this.webgpu) return false;
    this.giveUp(failed(toHandfulError(error).message));
    return true;
  }

  /** Frees all devices; trials under way end by themselves. */
  release(): void {
    this.over.abort();
    this.webgpu = undefined;
    this.close();
    // A trial has memory on WASM until it has ended.
    if (this.running > 0) void this.newest.then(() => this.main.release());
    else this.main.release();
  }

  private get sound(): Device | undefined {
    return this.webgpu?.isLost ? undefined : this.webgpu;
  }

  private learner(): Device {
    const found = this.learning && this.findings.get(this.learning);
    return (found && isWorth(found.timings.at(-1)) && this.sound) || this.main;
  }

  /** Lets WebGPU show what it can do at a workload, once, and after other trials. Never rejects. */
  private tryOut(workload: Workload): Promise<void> {
    const { name } = workload;
    const found = this.trials.get(name);
    if (found) return found;
    const trial = this.newest.then(async () => {
      if (!this.mayTry || this.over.signal.aborted) return;
      this.running++;
      try {
        await this.find(workload);
      } catch (error) {
        this.reason = failed(toHandfulError(error).message);
      } finally {
        this.running--;
        if (this.isDisturbed) this.trials.delete(name); // there will be another one
        if (!this.isUsed) this.close();
      }
    });
    this.trials.set(name, trial);
    return (this.newest = trial);
  }

  private async find(workload: Workload): Promise<void> {
    const { given, main } = this;
    const { signal } = this.over;
    const adapter = await probeWebgpu(given);
    if (!adapter || adapter.software) {
      this.mayTry = false;
      this.reason = adapter ? inSoftware(adapter.description) : NO_ADAPTER;
      return;
    }
    await main.ready();
    const { threads, simd } = main.info;
    const key = keyOf(workload.name, adapter.description, simd, threads);
    const { timings, failures = 0 } = await recall(key);
    if (timings && !timings.some(isWorth)) {
      this.findings.set(workload.name, { timings, isRemembered: true });
      return;
    }
    if (failures >= MOST_FAILURES) throw new Error('as it did at earlier visits');
    try {
      const webgpu = await (this.opening ??= openWebgpu({ device: given, patience: SILENCE }));
      if (signal.aborted) return;
      const found = timings ?? (await compare(workload, { wasm: main, webgpu }, signal));
      if (timings) await warmUp(workload, webgpu);
      if (signal.aborted) return;
      if (this.isDisturbed) throw new Error('what learned meanwhile disturbed it');
      if (webgpu.isLost) throw new Error('the GPU went away');
      if (!timings || failures > 0) await remember(key, { timings: found });
      this.findings.set(workload.name, { timings: found, isRemembered: timings !== undefined });
      if (found.some(isWorth)) this.webgpu = webgpu;
    } catch (error) {
      if (!signal.aborted && !this.isDisturbed)
        await remember(key, { ...(timings && { timings }), failures: failures + 1 });
      throw error;
    }
  }

  private get isUsed(): boolean {
    return this.webgpu !== undefined && !this.webgpu.isLost;
  }

  /** Gives the GPU up for good. */
  private giveUp(reason: string): void {
    this.webgpu = undefined;
    this.mayTry = false;
    this.reason = reason;
    this.findings.clear();
    this.close();
  }

  private close(): void {
    void this.opening?.then((device) => device.release()).catch(() => {});
    this.opening = undefined;
  }

  /** What trials found of each kind of call. */
  private found(): Partial<Record<BackendUse, Timing>> {
    const at = (name: string | undefined, examples: number) =>
      timingOf((name !== undefined && this.findings.get(name)?.timings) || [], examples);
    const found = {
      predict: at(this.answering, 1),
      predictBatch: at(this.answering, MANY),
      fineTune: at(this.learning, Infinity),
    };
    return Object.fromEntries(Object.entries(found).filter(([, timing]) => timing));
  }

  private why(found: Partial<Record<BackendUse, Timing>>): string {
    if (Object.keys(found).length === 0) return this.reason;
    const areOld = [...this.findings.values()].every(({ isRemembered }) => isRemembered);
    return this.reason === AT_ONCE ? verdict(found, areOld) : `${verdict(found, areOld)} ${this.reason}`;
  }
}

const wasmAndWebgpu = ({ wasm, webgpu }: Timing): Record<BackendName, number> => ({ wasm, webgpu });
