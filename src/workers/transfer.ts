import { transferHandlers } from 'comlink';
import { HandfulError } from '../errors.js';
import type { HandfulErrorCode } from '../errors.js';

// Comlink sends thrown errors as name, message and stack; handful's errors also keep their class, code and cause. Both
// sides of a connection call this.

interface Thrown {
  value: unknown;
}
interface WireError {
  code: HandfulErrorCode;
  message: string;
  stack?: string;
  cause?: { name: string; message: string };
}

let carried = false;

/** Lets HandfulErrors cross between a page and its worker. */
export function carryErrors(): void {
  if (carried) return;
  carried = true;
  const plain = transferHandlers.get('throw')!;
  transferHandlers.set('throw', {
    canHandle: plain.canHandle,
    serialize(thrown) {
      const { value } = thrown as Thrown;
      if (!(value instanceof HandfulError)) return plain.serialize(thrown);
      return [{ handful: pack(value) }, []];
    },
    deserialize(serialized) {
      const { handful } = serialized as { handful?: WireError };
      if (handful) throw unpack(handful);
      return plain.deserialize(serialized as never);
    },
  });
}

function pack({ code, message, stack, cause }: HandfulError): WireError {
  const { name, message: why } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
  return {
    code,
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && { cause: { name, message: why } }),
  };
}

function unpack({ code, message, stack, cause }: WireError): HandfulError {
  const error = new HandfulError(
    code,
    message,
    cause && { cause: Object.assign(new Error(cause.message), { name: cause.name }) },
  );
  if (stack !== undefined) error.stack = stack;
  return error;
}
