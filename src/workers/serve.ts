import { toHandfulError } from '../errors.js';
import type { Progress } from '../types.js';
import type { CallMessage, ErrorMessage, PageMessage, WorkerMessage } from './messages.js';
import type { Call, CallArguments, CallName, CallResult } from './protocol.js';
import type { Port } from './remote-host.js';

/** A host's methods, in a form by which a name and its arguments are known to belong together. */
type Methods = { [name in CallName]: (call: Call, ...args: CallArguments<name>) => Promise<CallResult<name>> };

/** A call under way. */
interface Running {
  controller: AbortController;
  /** Progress that was sent and is not handled yet, the oldest first. */
  sent: (() => void)[];
}

/**
 * Answers what comes by a port with a host; what is no message of ours is passed over.
 * @param ready What calls wait for.
 * @returns What hears a message, for those that came before.
 */
export function serve(host: Methods, port: Port, ready?: Promise<void>): (event: MessageEvent) => void {
  const running = new Map<number, Running>();
  const send = (message: WorkerMessage, transfer: Transferable[] = []) => port.postMessage(message, { transfer });

  const answer = async (message: CallMessage): Promise<void> => {
    const { id } = message;
    const controller = new AbortController();
    const sent: (() => void)[] = [];
    running.set(id, { controller, sent });
    const onProgress = (progress: Progress) => {
      send({ type: 'progress', id, progress });
      return new Promise<void>((resolve) => void sent.push(resolve));
    };
    try {
      await ready;
      const result = await run(host, { signal: controller.signal, onProgress }, message);
      send({ type: 'result', id, result }, result instanceof Uint8Array ? [result.buffer] : []);
    } catch (error) {
      send({ type: 'error', id, error: described(error) });
    } finally {
      running.delete(id);
    }
  };

  const hear = ({ data }: MessageEvent<PageMessage | undefined>) => {
    if (data?.type === 'call') void answer(data);
    else if (data?.type === 'abort') running.get(data.id)?.controller.abort();
    else if (data?.type === 'handled') running.get(data.id)?.sent.shift()?.();
    else if (data?.type === 'ping') send({ type: 'pong' });
  };
  port.addEventListener('message', hear);
  return hear;
}

function run<N extends CallName>(host: Methods, call: Call, { name, args }: CallMessage<N>): Promise<CallResult<N>> {
  return host[name](call, ...args);
}

/** An error as something that can be sent, whatever its cause is. */
function described(error: unknown): ErrorMessage {
  const { code, message, stack, cause } = toHandfulError(error);
  if (cause === undefined) return { code, message, stack };
  const { name, message: why } = cause instanceof Error ? cause : { name: undefined, message: String(cause) };
  return { code, message, stack, cause: { ...(name && { name }), message: why } };
}
