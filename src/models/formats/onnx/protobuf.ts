// Protocol buffers, as far as a file can be trusted: pbf reads past the end of what is damaged, so ends are checked here.

import { PbfReader } from 'pbf';
import { badModel } from '../../../common/messages.js';

/** What is done with each field of a message, by its number. */
export type Fields<Message> = Readonly<Record<number, (message: Message, pbf: PbfReader) => unknown>>;

/** Reads a whole file as one message. @throws {HandfulError} `bad-model` if it is damaged. */
export function fieldsOf<Message>(bytes: Uint8Array, fields: Fields<Message>, message: Message): Message {
  const pbf = new PbfReader(bytes);
  try {
    return readFields(pbf, fields, message, bytes.length);
  } catch (error) {
    if (error instanceof RangeError || (error as Error).constructor === Error) return damaged(error); // pbf's
    throw error;
  }
}

/** Reads a message that is the value of a field. */
export function readMessage<Message>(pbf: PbfReader, fields: Fields<Message>, message: Message): Message {
  return readFields(pbf, fields, message, endOf(pbf));
}

export function readText(pbf: PbfReader): string {
  return new TextDecoder().decode(readBytes(pbf));
}

/** A view into the file. */
export function readBytes(pbf: PbfReader): Uint8Array {
  const end = endOf(pbf);
  const bytes = pbf.buf.subarray(pbf.pos, end);
  pbf.pos = end;
  return bytes;
}

/** Signed integers, packed or one by one, at the end of a list. */
export function readIntegers(pbf: PbfReader, list: number[]): void {
  if (pbf.type !== 2) return void list.push(pbf.readVarint(true));
  const end = endOf(pbf);
  while (pbf.pos < end) list.push(pbf.readVarint(true));
}

function readFields<Message>(pbf: PbfReader, fields: Fields<Message>, message: Message, end: number): Message {
  for (let field = pbf.nextField(end); field > 0; field = pbf.nextField(end)) {
    fields[field]?.(message, pbf);
    if (pbf.pos > end) damaged();
  }
  return pbf.pos === end ? message : damaged();
}

/** Where a value of so many bytes ends. */
function endOf(pbf: PbfReader): number {
  const length = pbf.readVarint();
  const end = pbf.pos + length;
  return end <= pbf.length ? end : damaged();
}

function damaged(cause?: unknown): never {
  return badModel('The ONNX file is truncated or damaged: its protocol buffers do not end where they say.', cause);
}
