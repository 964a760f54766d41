// What the pool of threads asks of a browser, for Node: trainings that take hours here share their steps among cores.
// Importing this file is enough.

import { resolveObjectURL } from 'node:buffer';
import { Worker as NodeWorker } from 'node:worker_threads';

const scope = `const { parentPort } = require('node:worker_threads');
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
`;

/** A worker whose script is a classic one, in a blob. Once it has answered, it does not keep the process from ending. */
class BlobWorker {
  /** @type {((event: { data: unknown }) => void) | undefined} */
  onmessage;
  /** @type {((event: { message: string, preventDefault(): void }) => void) | undefined} */
  onerror;

  /** @param {string} url */
  constructor(url) {
    const blob = resolveObjectURL(url); // at once, since the pool takes the address back
    if (!blob) throw new Error(`There is no blob at ${url}.`);
    this.started = blob.text().then((source) => {
      const worker = new NodeWorker(scope + source, { eval: true });
      worker.on('message', (data) => {
        worker.unref(); // from here on it waits for work, and the process may end
        this.onmessage?.({ data });
      });
      worker.on('error', (error) => this.onerror?.({ message: error.message, preventDefault() {} }));
      return worker;
    });
  }

  /** @param {unknown} message */
  postMessage(message) {
    void this.started.then((worker) => worker.postMessage(message));
  }

  terminate() {
    void this.started.then((worker) => worker.terminate());
  }
}

Object.assign(globalThis, { Worker: BlobWorker });
globalThis.crossOriginIsolated = true; // Node shares memory without headers
