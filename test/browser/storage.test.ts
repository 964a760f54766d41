import { assert } from 'chai';
import { forget, load, saved } from 'handful';
import type { Classifier } from 'handful';
import { answers, refused, trained } from '../support/sdk-classifiers.js';

const options = { backend: 'wasm', worker: false } as const;

/** Puts something else in the place of a method until the test ends. */
const undo: (() => void)[] = [];
function replace<T extends object, Name extends keyof T>(object: T, name: Name, value: T[Name]): void {
  const before = object[name];
  object[name] = value;
  undo.push(() => void (object[name] = before));
}

/** Resolves when the request has been granted. */
function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no reason'));
  });
}

const open = () => done(indexedDB.open('handful'));

async function put(record: unknown, name: string): Promise<void> {
  const database = await open();
  await done(database.transaction('models', 'readwrite').objectStore('models').put(record, name));
  database.close();
}

let classifier: Classifier;
before(async () => {
  await Promise.all((await saved()).map(forget)); // what other tests left
  classifier = await trained(options);
});
after(() => classifier.dispose());
afterEach(() => undo.splice(0).forEach((each) => each()));

it('what keeps networks is there before anything is saved', async () => {
  const files = () => performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1));
  assert.include(files(), 'storage.chunk.js');
});

it('asks once that what is saved is kept, and does not wait for the answer', async () => {
  let asked = 0;
  replace(navigator.storage, 'persist', () => {
    asked++;
    return new Promise<boolean>(() => {});
  });
  await classifier.save('a');
  await classifier.save('b');
  assert.equal(asked, 1);
  await Promise.all(['a', 'b'].map(forget));
});

it('a transaction that is aborted without a reason', async () => {
  const { put } = IDBObjectStore.prototype;
  replace(IDBObjectStore.prototype, 'put', function (this: IDBObjectStore, ...what) {
    const request = put.apply(this, what);
    this.transaction.abort();
    return request;
  });
  await refused(classifier.save('a'), 'storage', /Saving 'a' failed: \S.*\.$/);
  undo.pop()?.();
  assert.deepEqual(await saved(), []);
});

it('errors without a message, and none at all', async () => {
  replace(IDBFactory.prototype, 'open', () => {
    throw new DOMException('', 'UnknownError');
  });
  await refused(classifier.save('a'), 'storage', /failed: UnknownError\.$/);
  IDBFactory.prototype.open = () => {
    throw null; // browsers do
  };
  await refused(saved(), 'storage', /failed: the browser does not say why\.$/);
});

it('a full disk says how large the network is and how much room is left', async () => {
  replace(navigator.storage, 'estimate', async () => ({ quota: 3.2e6, usage: 2e6 }));
  replace(IDBObjectStore.prototype, 'put', () => {
    throw new DOMException('', 'QuotaExceededError');
  });
  await refused(classifier.save('a'), 'storage', /no room for 0\.1 MB, only 1\.2 MB are left/);
  navigator.storage.estimate = () => Promise.reject(new TypeError());
  await refused(classifier.save('a'), 'storage', /no room for 0\.1 MB\.$/);
});

it('an app that deletes its data does not wait, nor do two parts of one for each other', async () => {
  await classifier.save('a');
  const blocked: string[] = [];
  const deleting = indexedDB.deleteDatabase('handful');
  deleting.onblocked = () => blocked.push('after saving');
  await done(deleting);

  const saving = classifier.save('b');
  const again = indexedDB.deleteDatabase('handful');
  again.onblocked = () => blocked.push('while saving');
  await Promise.all([done(again), saving.catch(() => {}), saved(), forget('a'), classifier.save('c')]);
  assert.deepEqual(blocked, []);
  await forget('c');
});

it('a tab that does not let go is told of, and what was asked meanwhile has not happened', async function () {
  this.timeout(30_000);
  const other = await open(); // which hears no `versionchange`
  const deleting = done(indexedDB.deleteDatabase('handful'));
  const late = /does not answer; close other tabs/;
  await Promise.all([
    refused(classifier.save('late'), 'storage', late),
    refused(saved(), 'storage', late),
    refused(load('indexeddb:late', options), 'storage', late),
  ]);
  other.close();
  await deleting;
  assert.deepEqual(await saved(), []);
  await done(indexedDB.deleteDatabase('handful')); // no connection of ours is left open
});

it('a transaction that waits for ever is given up', async function () {
  this.timeout(30_000);
  await classifier.save('a');
  const other = await open();
  const store = other.transaction('models', 'readwrite').objectStore('models');
  let busy = true;
  const keep = () => void (busy && (store.get('a').onsuccess = keep));
  keep();
  await refused(classifier.save('b'), 'storage', /does not answer/);
  busy = false;
  other.close();
  assert.deepEqual(await saved(), ['a']);
  await forget('a');
});

it('a record that is damaged is told of, and can be forgotten', async () => {
  const file = new Uint8Array(await (await classifier.export()).arrayBuffer());
  const damaged = [
    'text',
    null,
    { data: file },
    new Uint8Array(0),
    file.subarray(0, 99),
    file.slice(0, -1),
    file.fill(0, 8, 20),
  ];
  for (const record of damaged) {
    await put(record, 'bad');
    await refused(load('indexeddb:bad', options), 'storage', /'bad' is damaged; `forget` deletes it/);
    assert.deepEqual(await saved(), ['bad']);
    await forget('bad');
  }
  await put(file, 5 as never); // somebody else's
  assert.deepEqual(await saved(), []);
});

it('after a redeploy, what is saved is asked for in vain with a reason', async () => {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<script type="importmap">{ "imports": { "/dist/storage.chunk.js": "/test-server/404/x.js" } }</script>
    <script type="module">
      import { create, load, mlp, saved } from '/dist/index.js';
      const tell = ({ name, code, message }) => ({ name, code, message });
      const made = await create(mlp([4, 2]), { backend: 'wasm', worker: false });
      const calls = [made.save('x'), saved(), load('indexeddb:x')];
      const errors = (await Promise.allSettled(calls)).map(({ reason }) => tell(reason));
      parent.postMessage({ errors, size: (await made.export()).size });
    </script>`;
  const heard = new Promise<MessageEvent<{ errors: Record<string, string>[]; size: number }>>((resolve) =>
    addEventListener('message', resolve, { once: true }),
  );
  document.body.append(frame);
  const { errors, size } = (await heard).data;
  frame.remove();
  for (const error of errors) {
    assert.include(error, { name: 'HandfulError', code: 'storage' });
    assert.match(error.message ?? '', /redeploy, `export`, then reload/);
  }
  assert.isAbove(size, 0);
});

it('what was saved comes back', async () => {
  await classifier.save('a');
  const again = await load('indexeddb:a', options);
  assert.deepEqual(await answers(again), await answers(classifier));
  again.dispose();
  await forget('a');
});
