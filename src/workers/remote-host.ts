import { copyOf } from '../errors.js';
import type { HandfulError } from '../errors.js';
import type { AnswerMessage, CallMessage, ErrorMessage, PageMessage, WorkerMessage } from './messages.js';
import type { Call, CallArguments, CallName, CallResult, HostApi } from './protocol.js';

/** What a worker and its own scope have in common. */
export interface Port {
  postMessage(message: unknown, options: { transfer: Transferable[] }): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** A host on the other side of a port, and what ends it: all calls, under way and to come, reject with the error. */
export interface RemoteHost {
  host: HostApi;
  dead(): boolean;
  fail(error: HandfulError): void;
}

/** By their names alone, since all cross in the same way. */
const METHODS = [
  'open',
  'predict',
  'read',
  'evaluate',
  'fineTune',
  'weights',
  'setWeights',
  'reset',
  'export',
] as CallName[];

/** A call that has not ended. */
interface Waiting {
  hear(message: AnswerMessage): Promise<void>;
  reject(error: HandfulError): void;
}

/** Calls the host that `serve`s the other side of a port. */
export function remoteHost(port: Port): RemoteHost {
  let calls = 0;
  let failure: HandfulError | undefined;
  const waiting = new Map<number, Waiting>();
  const send = <N extends CallName>(message: PageMessage<N>, transfer: Transferable[] = []) =>
    port.postMessage(message, { transfer });
  port.addEventListener('message', ({ data }: MessageEvent<WorkerMessage | undefined>) => {
    if (data?.type && 'id' in data) void waiting.get(data.id)?.hear(data);
  });

  const method =
    <N extends CallName>(name: N) =>
    async ({ signal, onProgress, transfer }: Call, ...args: CallArguments<N>): Promise<CallResult<N>> => {
      if (failure) throw failure;
      const id = ++calls;
      const abort = () => send({ type: 'abort', id });
      signal?.addEventListener('abort', abort);
      try {
        return await new Promise<CallResult<N>>((resolve, reject) => {
          const hear = async (message: AnswerMessage<N>) => {
            if (message.type === 'result') resolve(message.result);
            else if (message.type === 'error') reject(revived(message.error));
            else {
              await onProgress?.(message.progress);
              send({ type: 'handled', id });
            }
          };
          waiting.set(id, { hear, reject });
          const call: CallMessage<N> = { type: 'call', id, name, args };
          send(call, transfer);
        });
      } finally {
        waiting.delete(id);
        signal?.removeEventListener('abort', abort);
      }
    };

  return {
    host: Object.fromEntries(METHODS.map((name) => [name, method(name)])) as unknown as HostApi,
    dead: () => !!failure,
    fail(error) {
      failure ??= error;
      for (const { reject } of waiting.values()) reject(error);
    },
  };
}

const revived = ({ cause, ...error }: ErrorMessage): HandfulError =>
  copyOf({ ...error, cause: cause && Object.assign(new Error(), cause) });
