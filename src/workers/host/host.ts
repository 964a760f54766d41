import { HandfulError } from '../../errors.js';
import { encodeModel } from '../../models/files/model-file.js';
import { writeModel } from '../../models/formats/write-model.js';
import type { Evaluation, FineTuneReport, Prediction, RegressionPrediction } from '../../types.js';
import type { RegressionEvaluation, RegressionReport } from '../../types.js';
import { evaluate, learn, predict } from './classification.js';
import type { Call, CallArguments, HostApi, NetworkInfo, Tuned } from '../protocol.js';
import { CallQueue } from './queue.js';
import type { Running } from './queue.js';
import { evaluateRegression, learnRegression, regress } from './regression.js';
import { Session } from './session.js';
import type { Learned } from './session.js';

/** One network, on the side that computes. A failed call leaves it as it was. */
export class Host implements HostApi {
  private readonly queue = new CallQueue();
  private session: Session | undefined;

  open(call: Call, ...what: CallArguments<'open'>): Promise<NetworkInfo> {
    return this.queue.run(call, async (running) => {
      this.session = await Session.open(running, ...what);
      await running.finish({ phase: 'loading' });
      return this.session.info;
    });
  }

  predict(call: Call, ...what: CallArguments<'predict'>): Promise<Prediction[]> {
    return this.queue.run(call, (running) => predict(this.opened(), running, ...what));
  }

  evaluate(call: Call, ...what: CallArguments<'evaluate'>): Promise<Evaluation> {
    return this.queue.run(call, (running) => evaluate(this.opened(), running, ...what));
  }

  fineTune(call: Call, ...what: CallArguments<'fineTune'>): Promise<Tuned<FineTuneReport>> {
    return this.tune(call, (session, running) => learn(session, running, ...what));
  }

  regress(call: Call, ...what: CallArguments<'regress'>): Promise<RegressionPrediction[]> {
    return this.queue.run(call, (running) => regress(this.opened(), running, ...what));
  }

  evaluateRegression(call: Call, ...what: CallArguments<'evaluateRegression'>): Promise<RegressionEvaluation> {
    return this.queue.run(call, (running) => evaluateRegression(this.opened(), running, ...what));
  }

  fineTuneRegression(call: Call, ...what: CallArguments<'fineTuneRegression'>): Promise<Tuned<RegressionReport>> {
    return this.tune(call, (session, running) => learnRegression(session, running, ...what));
  }

  reset(call: Call): Promise<NetworkInfo> {
    return this.queue.run(call, async (running) => {
      const session = this.opened();
      await session.reset(running);
      return session.info;
    });
  }

  export(call: Call, ...what: CallArguments<'export'>): Promise<Uint8Array> {
    return this.queue.run(call, () => writeModel(this.opened().model, ...what));
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

  /** Runs what makes another model, which takes the present one's place once the caller has heard of it. */
  private tune<Report>(
    call: Call,
    work: (session: Session, running: Running) => Promise<Learned<Report>>,
  ): Promise<Tuned<Report>> {
    return this.queue.run(call, async (running) => {
      const session = this.opened();
      const { model, report, history } = await work(session, running);
      const file = session.options.recover && encodeModel(model);
      await running.finish({ phase: 'evaluating', ...(history && { history }) });
      session.adopt(model);
      return { report, info: session.info, ...(file && { file }) };
    });
  }

  private opened(): Session {
    if (!this.session) throw new HandfulError('internal', 'The network was not opened.');
    return this.session;
  }
}
