import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../src/types.js';
import { CallQueue } from '../../src/workers/host/queue.js';
import type { Running } from '../../src/workers/host/queue.js';

const training = (fraction: number): Progress => ({ phase: 'training', fraction });

test('calls run one after another, in the order they came, whatever becomes of them', async () => {
  const queue = new CallQueue();
  const events: string[] = [];
  const call = (id: number, wait: number, fails = false) =>
    queue.run({}, async () => {
      events.push(`${id} begins`);
      await sleep(wait);
      events.push(`${id} ends`);
      if (fails) throw new Error(`${id} failed`);
      return id;
    });
  const results = await Promise.allSettled([call(1, 20), call(2, 10, true), call(3, 0)]);
  assert.deepEqual(events, ['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(queue.idle, true);
});

test('an abort is heard by its own call, and one that waits never begins', async () => {
  const queue = new CallQueue();
  const [first, second, third, fourth] = [
    new AbortController(),
    new AbortController(),
    new AbortController(),
    new AbortController(),
  ];
  let began = false;
  const begins = async () => {
    began = true;
  };
  const running = queue.run({ signal: first.signal }, async ({ signal }) => {
    await sleep(20);
    return signal.aborted;
  });
  const waiting = queue.run({ signal: second.signal }, begins);
  fourth.abort();
  const late = queue.run({ signal: fourth.signal }, begins);
  const last = queue.run({ signal: third.signal }, async ({ signal }) => signal.aborted);
  let ended = false;
  void running.then(() => (ended = true));
  second.abort();
  const aborted = { name: 'HandfulError', code: 'aborted' };
  await assert.rejects(waiting, aborted);
  await assert.rejects(late, aborted);
  assert.equal(ended, false); // they did not wait for the call ahead
  assert.equal(await running, false);
  assert.equal(began, false);
  assert.equal(await last, false);
  first.abort(); // over long since
});

test('an abort ends the call that runs', async () => {
  const controller = new AbortController();
  const running = new CallQueue().run({ signal: controller.signal }, async ({ signal }) => {
    controller.abort();
    return signal.aborted;
  });
  assert.equal(await running, true);
});

test('once closed it aborts what runs, refuses what waits and what comes, and says when nothing runs', async () => {
  const queue = new CallQueue();
  let ended = false;
  const running = queue.run({}, async ({ signal }) => {
    await sleep(20);
    ended = signal.aborted;
    return 'a result that nobody waits for';
  });
  const waiting = queue.run({}, async () => assert.fail('it began'));
  await sleep(0);
  const closed = queue.close();
  const refused = { code: 'disposed' };
  await Promise.all([
    assert.rejects(waiting, refused),
    assert.rejects(
      queue.run({}, async () => {}),
      refused,
    ),
    running.catch(() => {}),
    closed,
  ]);
  assert.equal(ended, true);
});

test('progress: not too often, never falling, the last one always', async () => {
  const seen: number[] = [];
  const start = performance.now();
  const keep = ({ fraction }: Progress) => void seen.push(fraction);
  await new CallQueue().run({ onProgress: keep }, async ({ onProgress, finish }) => {
    for (let i = 0; performance.now() - start < 300; i++) {
      onProgress(training(i % 2 ? 0.2 : 0.1));
      await sleep(1);
    }
    await finish({ phase: 'evaluating' });
  });
  assert.ok(seen.length >= 4 && seen.length <= 8, `${seen.length} messages in 300 ms`);
  assert.deepEqual(seen, seen.toSorted());
  assert.equal(seen.at(-1), 1);
});

test('a callback that throws is met by finish, at the latest', async () => {
  const run = (work: (running: Running) => Promise<void>) => {
    let calls = 0;
    const onProgress = () => {
      throw new Error(`thrown at ${++calls}`);
    };
    return new CallQueue().run({ onProgress }, work);
  };
  await run(async ({ onProgress }) => onProgress(training(0.5))); // heard by the client, which then aborts
  await assert.rejects(
    run(async ({ onProgress, finish }) => {
      onProgress(training(0.5));
      await finish({ phase: 'training' });
    }),
    /thrown at 2/,
  );
});

test('an abort that comes with the last progress still ends the call', async () => {
  const controller = new AbortController();
  const call = new CallQueue().run({ signal: controller.signal, onProgress: () => controller.abort() }, ({ finish }) =>
    finish({ phase: 'training' }),
  );
  await assert.rejects(call, { code: 'aborted' });
});

test('an abort ends a call whose callback never does, and the next one runs', async () => {
  const queue = new CallQueue();
  const controller = new AbortController();
  const onProgress = () => new Promise<void>(() => {});
  const stuck = queue.run({ signal: controller.signal, onProgress }, ({ finish }) => finish({ phase: 'training' }));
  setTimeout(() => controller.abort(), 20);
  await assert.rejects(stuck, { code: 'aborted' });
  assert.equal(await queue.run({}, async () => 'next'), 'next');
});
