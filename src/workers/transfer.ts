import { transferHandlers } from 'comlink';
import { HandfulError } from '../errors.js';

// Comlink sends an error's name, message and stack, and assigns what arrives to a new Error; a HandfulError also keeps
// its class, code and cause.

/** Lets HandfulErrors leave this side whole, with their causes by name and message. */
export function sendErrors(): void {
  const plain = transferHandlers.get('throw')!;
  transferHandlers.set('throw', {
    ...plain,
    serialize(thrown) {
      const { value: error } = thrown as { value: unknown };
      if (!(error instanceof HandfulError)) return plain.serialize(thrown);
      const { name, code, message, stack, cause } = error;
      const why =
        cause instanceof Error
          ? { name: cause.name, message: cause.message }
          : cause !== undefined && { message: String(cause) };
      return [{ isError: true, value: { name, code, message, stack, ...(why && { cause: why }) } }, []];
    },
  });
}
