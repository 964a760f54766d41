// What a page and its worker say to each other: plain objects by `postMessage`, which keeps their order. Types only.

import type { HandfulErrorCode } from '../errors.js';
import type { Progress } from '../types.js';
import type { CallArguments, CallName, CallResult } from './protocol.js';

/** One method of the host's to be called. */
export type CallMessage<N extends CallName = CallName> = {
  [name in N]: {
    type: 'call';
    /** By which all other messages refer to the call. */
    id: number;
    name: name;
    args: CallArguments<name>;
  };
}[N];

/**
 * From the page: a call, its end before its time, that the oldest progress not yet acknowledged was handled, or whether
 * anybody is there.
 */
export type PageMessage<N extends CallName = CallName> =
  CallMessage<N> | { type: 'abort'; id: number } | { type: 'handled'; id: number } | { type: 'ping' };

/** From the worker: that it is there, perhaps with a lock that it holds as long as it lives; or about a call. */
export type WorkerMessage<N extends CallName = CallName> =
  { type: 'ready'; lock?: string } | { type: 'pong' } | AnswerMessage<N>;

/** How far a call has come, what it resolves to, or what it rejects with. */
export type AnswerMessage<N extends CallName = CallName> =
  | { type: 'progress'; id: number; progress: Progress }
  | { type: 'result'; id: number; result: CallResult<N> }
  | { type: 'error'; id: number; error: ErrorMessage };

/** A HandfulError as it travels, its cause by name and message. */
export interface ErrorMessage {
  code: HandfulErrorCode;
  message: string;
  stack?: string | undefined;
  cause?: { name?: string; message: string } | undefined;
}
