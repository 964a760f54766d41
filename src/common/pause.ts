// Long work pauses between its steps so that messages (an abort above all) are heard. Timers would do it too, but
// browsers stretch nested ones to four milliseconds.

declare const setImmediate: ((callback: () => void) => void) | undefined;

let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];

// Nobody notices a wait that short, and even the smallest steps are not slowed by pauses so far apart.
const INTERVAL = 8; // ms

/** Says, asked between steps, whether it is time for a pause: each time so many milliseconds have passed. */
export function pacer(): () => boolean {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < INTERVAL) return false;
    last = now;
    return true;
  };
}

/** Resolves in a new task. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    // Node's message ports would keep the process alive.
    if (typeof setImmediate === 'function') return setImmediate(resolve);
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}
