import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { HandfulError } from '../../src/errors.js';
import type { LongCallOptions, Progress } from '../../src/types.js';
import { linkWorker } from '../../src/workers/client.js';
import type { Patience } from '../../src/workers/watch.js';
import { connect } from '../../src/workers/connection.js';
import type { Connection } from '../../src/workers/connection.js';
import type { Call, HostApi, Told } from '../../src/workers/protocol.js';
import { remoteHost } from '../../src/workers/remote-host.js';
import type { Port, RemoteHost } from '../../src/workers/remote-host.js';
import { serve } from '../../src/workers/serve.js';

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

/** The two ends of a real channel, as a page and its worker have them. */
function ports(): [Port, Port] {
  const { port1, port2 } = new MessageChannel();
  ends.push(() => port1.close());
  port1.start();
  port2.start();
  return [port1, port2] as unknown as [Port, Port];
}

const none = async (): Promise<never> => assert.fail('this method was not called');

const missing: HostApi = {
  ...{
    open: none,
    predict: none,
    read: none,
    evaluate: none,
    fineTune: none,
    weights: none,
    setWeights: none,
    reset: none,
    export: none,
  },
};

/** A host of these methods, called across a channel. */
function remote(methods: Partial<HostApi>): RemoteHost {
  const [page, worker] = ports();
  serve({ ...missing, ...methods }, worker);
  return remoteHost(page);
}

/** What is thrown on one side, as it arrives at the other. */
async function sent(thrown: unknown): Promise<HandfulError> {
  const { host } = remote({
    export() {
      throw thrown;
    },
  });
  const arrived = await host.export({}).catch((error: unknown) => error);
  assert.ok(arrived instanceof HandfulError);
  return arrived;
}

describe('errors', () => {
  test('a HandfulError keeps class, code, message, stack and cause', async () => {
    const cause = new RangeError('too much');
    const error = new HandfulError('bad-model', 'No good.', { cause });
    const arrived = await sent(error);
    assert.notEqual(arrived, error);
    assert.equal(arrived.code, 'bad-model');
    assert.equal(arrived.message, 'No good.');
    assert.equal(arrived.stack, error.stack);
    assert.ok(arrived.cause instanceof Error);
    assert.equal(arrived.cause.name, 'RangeError');
    assert.equal(arrived.cause.message, 'too much');
  });

  test('one without a cause arrives without one, one whose cause is no Error with its text', async () => {
    const without = await sent(new HandfulError('internal', 'x'));
    assert.equal('cause' in without, false);
    const text = await sent(new HandfulError('aborted', 'x', { cause: 'enough' }));
    assert.equal((text.cause as Error).message, 'enough');
    await sent(new HandfulError('internal', 'x', { cause: () => {} })); // which cannot be cloned
  });

  test('whatever else is thrown is an internal error, with what it was as its cause', async () => {
    const error = await sent(new TypeError('plain'));
    assert.equal(error.code, 'internal');
    assert.equal(error.message, 'plain');
    assert.equal((error.cause as Error).name, 'TypeError');
    assert.equal((await sent('a string')).message, 'a string');
    assert.equal((await sent(null)).message, 'null');
  });

  test('what cannot be sent rejects its call, and the next one is answered', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const { host } = remote({
      reset: async () => ({ backend: () => {} }) as never,
      evaluate: async () => ({ samples: 1 }) as never,
      export: async () => bytes,
    });
    await assert.rejects(host.reset({}), { code: 'internal', message: /could not be cloned/ });
    await assert.rejects(host.evaluate({}, (() => {}) as never), { name: 'DataCloneError' });
    assert.deepEqual(await host.export({}), Uint8Array.of(1, 2, 3));
    assert.equal(bytes.length, 0, 'the file was moved, not copied');
  });
});

/** Answers as a host gives them. */
function answered<T>(result: T): Told<T> {
  const uses = { predict: 'wasm', predictBatch: 'wasm', fineTune: 'wasm' } as const;
  return { result, info: { backend: { name: 'wasm', uses, reason: '' } } };
}

describe('calls', () => {
  test('arguments are moved if they may be, results come to the call that asked', async () => {
    const { host } = remote({
      predict: async (_, inputs, { image }) =>
        answered(inputs.map(() => ({ label: String(image), confidence: 1, probabilities: [] }))),
      evaluate: async (_, { length }) => answered({ loss: length / 2, samples: length }),
    });
    const data = new Float32Array(4);
    const input = { kind: 'values', data } as const;
    const [answers, scores] = await Promise.all([
      host.predict({ transfer: [data.buffer] }, [input, input], { image: true, reject: false }),
      host.evaluate({}, [{ input: { kind: 'strokes', strokes: [] }, target: [1] }]),
    ]);
    assert.deepEqual(answers, answered(Array(2).fill({ label: 'true', confidence: 1, probabilities: [] })));
    assert.deepEqual(scores, answered({ loss: 0.5, samples: 1 }));
    assert.equal(data.length, 0);
  });

  test('an abort reaches its call alone', async () => {
    const waits = ({ signal }: Call) =>
      new Promise<never>((_, reject) =>
        signal!.addEventListener('abort', () => reject(new HandfulError('aborted', 'It was.'))),
      );
    const { host, fail } = remote({ reset: waits, export: waits });
    const controller = new AbortController();
    const [first, second] = [host.reset({ signal: controller.signal }), host.export({})];
    controller.abort();
    await assert.rejects(first, { code: 'aborted' });
    assert.equal(await Promise.race([second, Promise.resolve('still waiting')]), 'still waiting');
    fail(new HandfulError('worker', 'It died.'));
    await assert.rejects(second, { code: 'worker' });
    await assert.rejects(host.export({}), { code: 'worker', message: 'It died.' });
  });

  test('progress comes in order, and the host waits until it is handled', async () => {
    const order: string[] = [];
    const progress = (fraction: number): Progress => ({ phase: 'training', fraction });
    const { host } = remote({
      async export({ onProgress }) {
        void onProgress!(progress(0.1));
        await onProgress!(progress(0.2));
        order.push('the host goes on');
        return new Uint8Array();
      },
      async reset({ onProgress }) {
        await onProgress!(progress(1)); // though nobody listens
        return {} as never;
      },
    });
    await host.export({
      async onProgress({ fraction }) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`${fraction} is handled`);
      },
    });
    await host.reset({});
    assert.deepEqual(order, ['0.1 is handled', '0.2 is handled', 'the host goes on']);
  });
});

describe('a connection', () => {
  /** To a worker of these answers, which says that it is there if it has any. */
  async function connected(patience: Patience, answers?: HostApi): Promise<Connection> {
    const [page, worker] = ports();
    if (answers) {
      serve(answers, worker);
      worker.postMessage({ type: 'ready' }, { transfer: [] });
    }
    const connection = await connect(async () =>
      linkWorker(Object.assign(page as Worker, { terminate() {} }), patience),
    );
    ends.push(() => connection.close());
    return connection;
  }
  const exported = async (connection: Connection, options?: LongCallOptions) =>
    connection.call((host, call) => host.export(call), options);
  const never = new Promise<never>(() => {});

  test('to a worker whose script never speaks is given up, and the error says what was waited for', async () => {
    const call = exported(await connected({ script: 2, answer: 9 }));
    await assert.rejects(call, { code: 'worker', message: /2 s passed without handful\.worker\.js having run/ });
  });

  test('without locks, to one that has fallen silent is given up, to one that is at work is not', async () => {
    const [page, worker] = ports();
    const start = async () => linkWorker(Object.assign(page as Worker, { terminate() {} }), { script: 9, answer: 2 });
    const silent = exported(await connect(start));
    worker.postMessage({ type: 'ready' }, { transfer: [] });
    let gaveUp = false;
    const busy = exported(await connected({ script: 2, answer: 2 }, { ...missing, export: () => never }));
    busy.catch(() => (gaveUp = true));
    await assert.rejects(silent, { code: 'worker', message: /2 s passed without an answer/ });
    await sleep(1500);
    assert.equal(gaveUp, false);
  });

  test('lets the host answer an aborted call for a moment, and then waits no longer', async () => {
    const reason = new Error('enough');
    const signal = () => AbortSignal.any([AbortSignal.timeout(20)]);
    const slow = ({ signal }: Call) =>
      new Promise<never>((_, reject) =>
        signal!.addEventListener('abort', () => setTimeout(() => reject(new HandfulError('bad-input', 'It.')), 50)),
      );
    const answering = await connected({ script: 9, answer: 9 }, { ...missing, export: slow, reset: () => never });
    await assert.rejects(exported(answering, { signal: signal() }), { code: 'bad-input' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    const start = performance.now();
    const silent = answering.call((host, call) => host.reset(call), { signal: controller.signal });
    await assert.rejects(silent, { code: 'aborted', cause: reason });
    assert.ok(performance.now() - start < 500);
  });

  test('goes on in another host with what was learned, calls in their order', async () => {
    const opened: (Uint8Array | undefined)[] = [];
    const called: string[] = [];
    let dead = false;
    const start = async () => {
      const export_ = async () => {
        called.push('export');
        if (!dead) return new Uint8Array();
        throw new HandfulError('worker', 'It died.');
      };
      const reset = async () => void called.push('reset') as never;
      return { host: { ...missing, export: export_, reset }, dead: () => dead, end() {} };
    };
    let fails = true;
    const connection = await connect(start, async (_, learned) => {
      opened.push(learned);
      if (fails) throw new HandfulError('network', 'No way.');
      dead = false;
    });
    const reset = () => connection.call((host, call) => host.reset(call));
    connection.keep(Uint8Array.of(7));
    await exported(connection);
    dead = true;
    await assert.rejects(exported(connection), { code: 'network' });
    fails = false;
    await Promise.all([exported(connection), reset(), exported(connection)]);
    assert.deepEqual(opened, [Uint8Array.of(7), Uint8Array.of(7)]);
    assert.deepEqual(called, ['export', 'export', 'reset', 'export']);
  });
});
