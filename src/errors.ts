/** Stable, machine-readable reasons for a {@link HandfulError}; messages may change, codes do not. */
export type HandfulErrorCode =
  | 'aborted' // the caller's AbortSignal fired
  | 'bad-argument' // an option, a spec or a label that makes no sense
  | 'bad-input' // something to classify that cannot be read
  | 'bad-model' // a model file that is truncated, hostile or does not fit its spec
  | 'backend-unavailable' // a backend asked for by name is not there
  | 'backend-lost' // the GPU device went away and could not be replaced
  | 'out-of-memory' // a batch or a network that does not fit this device
  | 'diverged' // training produced NaN or infinity before any usable weights
  | 'disposed' // a call on a classifier after dispose()
  | 'not-found' // an unknown pretrained id, saved name or URL
  | 'storage' // IndexedDB refused, is full or does not exist here
  | 'network' // a download failed
  | 'worker' // the worker could not start or died
  | 'internal'; // a defect of ours

/**
 * The only class of error that handful throws on purpose. The message says what was got and what was expected; `code`
 * is stable; `cause` holds the underlying error, if there was one. Class and code survive the worker boundary.
 * @example
 * try {
 *   await digits.fineTune(samples, { signal });
 * } catch (error) {
 *   if (!(error instanceof HandfulError && error.code === 'aborted')) throw error;
 * }
 */
export class HandfulError extends Error {
  override readonly name = 'HandfulError';
  readonly code: HandfulErrorCode;

  constructor(code: HandfulErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A signal's abort as the error that every aborted call rejects with; its `cause` is the signal's reason. */
export function aborted(signal?: AbortSignal): HandfulError {
  return new HandfulError('aborted', 'The call was aborted.', { cause: signal?.reason });
}

/** @throws {HandfulError} `aborted` if the signal has fired. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw aborted(signal);
}

/** Any thrown value as a HandfulError of this realm; those that already are one pass through unchanged. */
export function toHandfulError(error: unknown, code: HandfulErrorCode = 'internal'): HandfulError {
  if (error instanceof HandfulError) return error;
  try {
    // An error of another realm has a class of its own, as one of another script has.
    const { name, message } = Object(error) as Partial<Error>;
    if (name === 'HandfulError') return copyOf(error as HandfulError);
    return new HandfulError(code, String(message || name || error), { cause: error });
  } catch (cause) {
    return new HandfulError(code, 'What was thrown cannot be read.', { cause });
  }
}

/** What another script, or another thread, has thrown, as an error of this one's class. */
export function copyOf({ code, message, stack, cause }: Omit<HandfulError, 'name'>): HandfulError {
  return Object.assign(new HandfulError(code, message, cause === undefined ? {} : { cause }), { stack });
}

/** What every call on a classifier rejects with after its dispose(). */
export function disposed(): HandfulError {
  return new HandfulError('disposed', 'This classifier was disposed of.');
}
