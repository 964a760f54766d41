// Long work pauses between its steps so that messages (an abort above all) are heard. Timers would do it too, but
// browsers stretch nested ones to four milliseconds.

declare const setImmediate: ((callback: () => void) => void) | undefined;

let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];

/** Resolves in a new task. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    // Node's message ports would keep the process alive.
    if (typeof setImmediate === 'function') return setImmediate(resolve);
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()!();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
