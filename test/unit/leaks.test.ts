import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import { create, mlp } from '../../src/sdk/index.js';
import type { HostApi } from '../../src/workers/protocol.js';
import { Host } from '../../src/workers/host/host.js';
import { linkWorker } from '../../src/workers/client.js';
import { connect } from '../../src/workers/connection.js';
import type { Port } from '../../src/workers/remote-host.js';
import { serve } from '../../src/workers/serve.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are reachable. */
async function heap(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  return process.memoryUsage().heapUsed;
}

/** How many bytes each round leaves behind, once the first of them have warmed up. */
async function growth(rounds: number, round: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < rounds / 4; i++) await round();
  const before = await heap();
  for (let i = 0; i < rounds; i++) await round();
  return ((await heap()) - before) / rounds;
}

const spec = mlp([4, 3, 2]);
const { signal } = new AbortController(); // an app's own, which lives as long as the page

test('20,000 predicts leave nothing behind', async () => {
  const classifier = await create(spec);
  const each = await growth(20_000, () => classifier.predict([0, 1, 0, 1], { signal }));
  classifier.dispose();
  assert.ok(each < 30, `${each} bytes a predict`);
});

test('200 loads and disposes leave nothing behind', async () => {
  const each = await growth(200, async () => (await create(spec, { signal, onProgress() {} })).dispose());
  assert.ok(each < 1000, `${each} bytes a load`);
});

test('neither do calls across a channel, and connections', async () => {
  const { port1, port2 } = new MessageChannel();
  const [page, worker] = [port1, port2] as unknown as [Port, Port];
  port1.start();
  port2.start();
  serve(new Host(), worker);
  const connection = await connect(async () => linkWorker(Object.assign(page as Worker, { terminate() {} })));
  const options = { backend: 'wasm', seed: 0 } as const;
  await connection.call((host, call) => host.open(call, { kind: 'spec', spec }, options));
  const ask = (host: HostApi, call: Parameters<HostApi['predict']>[0]) =>
    host.predict(call, [{ kind: 'values', data: new Float32Array(4) }], { image: false, reject: true });
  const each = await growth(20_000, () => connection.call(ask, { signal }));
  connection.close();
  port1.close();
  assert.ok(each < 30, `${each} bytes a call`);
});
