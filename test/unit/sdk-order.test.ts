import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Handle } from '../../src/sdk/handle.js';
import type { Connection } from '../../src/workers/connection.js';
import type { HostApi } from '../../src/workers/protocol.js';

/** A handle that asks for numbers, each of which may take its time to be taken out of the DOM. */
class Asking extends Handle {
  ask(taken: Promise<number>): Promise<number> {
    const items = taken.then((items) => ({ items, transferables: [] }));
    return this.send(items, {}, async (_, __, number) => number);
  }
}

test('a call that is refused at once lets none overtake those before it', async () => {
  const sent: number[] = [];
  const connection: Connection = {
    async call(run) {
      const result = await run({} as HostApi, {});
      sent.push(result as number);
      return result;
    },
    keep() {},
    close() {},
  };
  const handle = new Asking(connection, {} as never, () => Promise.reject(new Error('not asked for')));
  const slow = handle.ask(new Promise((resolve) => setTimeout(() => resolve(1), 30)));
  const refused = assert.rejects(handle.ask(Promise.reject(new Error('no input'))), /no input/);
  const quick = handle.ask(Promise.resolve(2));
  await refused;
  assert.deepEqual(sent, [], 'a refusal waits for nobody');
  await Promise.all([slow, quick]);
  assert.deepEqual(sent, [1, 2]);
});
