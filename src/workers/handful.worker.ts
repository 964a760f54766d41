// Composition root of the worker: one host, spoken to through Comlink.

import { expose, releaseProxy, transfer } from 'comlink';
import type { Remote } from 'comlink';
import type { Progress } from '../types.js';
import { Host } from './host.js';
import type { HostApi, ProgressCallback } from './protocol.js';
import { sendErrors } from './transfer.js';

type RemoteCallback = Remote<(progress: Progress) => void>;

/**
 * Progress arrives by a port of its own, so a call ends only after its last message was handled; then the port, which
 * nothing else would free, is closed.
 */
function withProgress<A extends unknown[], R>(
  method: (id: number, onProgress: ProgressCallback, ...args: A) => Promise<R>,
) {
  return async (id: number, onProgress: ProgressCallback, ...args: A): Promise<R> => {
    const remote = onProgress as RemoteCallback | undefined;
    let delivered: Promise<void> | undefined;
    const deliver = (progress: Progress) => (delivered = remote!(progress));
    try {
      return await method(id, remote && deliver, ...args);
    } finally {
      await delivered?.catch(() => {});
      remote?.[releaseProxy]();
    }
  };
}

sendErrors();
const host = new Host();
const api: HostApi = {
  open: withProgress(host.open.bind(host)),
  predict: withProgress(host.predict.bind(host)),
  evaluate: withProgress(host.evaluate.bind(host)),
  fineTune: withProgress(host.fineTune.bind(host)),
  reset: withProgress(host.reset.bind(host)),
  export: withProgress(async (id, onProgress) => {
    const bytes = await host.export(id, onProgress);
    return transfer(bytes, [bytes.buffer]);
  }),
  abort: (id) => host.abort(id),
  dispose: () => host.dispose(),
};
expose(api);
self.postMessage('ready'); // Comlink passes over it; the page then knows that the script has run
