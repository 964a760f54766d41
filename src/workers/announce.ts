import type { WorkerMessage } from './messages.js';
import type { Port } from './remote-host.js';

/**
 * Tells the page that the script has run, and by which lock, held for as long as this worker lives, to notice its end.
 * Resolves when that is said: what is done before could end the worker without the page noticing.
 */
export function announce(port: Port): Promise<void> {
  const lock = `handful-${Math.random()}`;
  return new Promise((resolve) => {
    const say = (message: WorkerMessage) => {
      port.postMessage(message, { transfer: [] });
      resolve();
    };
    const hold = async () => {
      await navigator.locks.request(lock, () => {
        say({ type: 'ready', lock });
        return new Promise(() => {});
      });
    };
    hold().catch(() => say({ type: 'ready' })); // no locks: an insecure page, or a frame without an origin
  });
}
