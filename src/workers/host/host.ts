import { HandfulError } from '../../errors.js';
import { weightsOf, withWeights } from '../../models/files/exchange.js';
import { encodeModel } from '../../models/files/model-file.js';
import { writeModel } from '../../models/formats/write-model.js';
import type { Call, CallArguments, CallResult, HostApi, NetworkInfo, Told } from '../protocol.js';
import * as classification from './classification.js';
import { CallQueue } from './queue.js';
import type { Running } from './queue.js';
import * as regression from './regression.js';
import { Session } from './session.js';

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

  predict(call: Call, ...what: CallArguments<'predict'>): Promise<CallResult<'predict'>> {
    return this.answered(call, async (session, running) => this.kind.predict(session, running, ...what));
  }

  read(call: Call, ...what: CallArguments<'read'>): Promise<CallResult<'read'>> {
    return this.answered(call, async (session, running) => this.kind.read(session, running, ...what));
  }

  evaluate(call: Call, ...what: CallArguments<'evaluate'>): Promise<CallResult<'evaluate'>> {
    return this.answered(call, async (session, running) => this.kind.evaluate(session, running, ...what));
  }

  /** Makes another model, which takes the present one's place once the caller has heard of it. */
  fineTune(call: Call, ...what: CallArguments<'fineTune'>): Promise<CallResult<'fineTune'>> {
    return this.queue.run(call, async (running) => {
      const session = this.opened();
      const { model, report, history } = await this.kind.learn(session, running, ...what);
      const file = session.options.recover ? encodeModel(model) : undefined;
      await running.finish({ phase: 'evaluating', ...(history && { history }) });
      session.adopt(model);
      return { result: report, info: session.info, file };
    });
  }

  weights(call: Call): Promise<CallResult<'weights'>> {
    return this.queue.run(call, async () => weightsOf(this.opened().model));
  }

  setWeights(call: Call, ...[weights]: CallArguments<'setWeights'>): Promise<CallResult<'setWeights'>> {
    return this.queue.run(call, async () => {
      const session = this.opened();
      const model = withWeights(session.model, weights);
      const file = session.options.recover ? encodeModel(model) : undefined;
      await session.putIn(model);
      return { result: undefined, info: session.info, file };
    });
  }

  reset(call: Call): Promise<CallResult<'reset'>> {
    return this.queue.run(call, async (running) => {
      const session = this.opened();
      await session.reset(running);
      return { result: undefined, info: session.info, file: undefined };
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

  /** What the network can be asked, by its loss. */
  private get kind(): typeof classification | typeof regression {
    return this.opened().model.loss === 'squaredError' ? regression : classification;
  }

  private answered<T>(call: Call, ask: (session: Session, running: Running) => Promise<T>): Promise<Told<T>> {
    return this.queue.run(call, async (running) => {
      const session = this.opened();
      const answers = await ask(session, running);
      session.speedUp();
      return { result: answers, info: { backend: session.backend } };
    });
  }

  private opened(): Session {
    if (!this.session) throw new HandfulError('internal', 'The network was not opened.');
    return this.session;
  }
}
