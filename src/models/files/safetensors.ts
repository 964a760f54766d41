import { HandfulError } from '../../errors.js';
import { guessFileKind } from './file-kind.js';
import { DEEPEST, measureJson } from './json-text.js';
import { MAX_HEADER, MAX_TENSORS } from './limits.js';
import { checkFileSize } from '../../common/file-size.js';
import { badModel, listed, quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';

// The safetensors format (https://github.com/huggingface/safetensors#format): a header's length as an unsigned 64-bit
// integer, the header as JSON, then the tensors' bytes without holes; everything little-endian, as is every platform
// that runs WebAssembly.

/** Bytes of one element. */
const SIZES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
} as const;

export type Dtype = keyof typeof SIZES;

/** A tensor as it lies in a file: row by row, little-endian. */
export interface RawTensor {
  dtype: Dtype;
  shape: readonly number[];
  /** A view into the file, at any alignment. */
  bytes: Uint8Array;
}

export interface Safetensors {
  /** In the order of the header. */
  tensors: Map<string, RawTensor>;
  metadata: Record<string, string>;
}

const METADATA = '__metadata__';

/**
 * Reads a safetensors file without copying its data. Sizes are checked before anything is copied or parsed.
 * @throws {HandfulError} `bad-model` if the file is anything but whole, well-formed and within the limits.
 */
export function parseSafetensors(file: ArrayBuffer | Uint8Array): Safetensors {
  const bytes = ArrayBuffer.isView(file)
    ? new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
    : new Uint8Array(file);
  checkFileSize(bytes.length);
  const length = headerLength(bytes);
  const header = parseHeader(bytes.subarray(8, 8 + length));
  const data = bytes.subarray(8 + length);

  const tensors = new Map<string, RawTensor>();
  const ranges: Range[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) continue;
    const { dtype, shape, begin, end } = readEntry(quote(name), entry, data.length);
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
    ranges.push({ name, begin, end });
  }
  checkCoverage(ranges, data.length);
  return { tensors, metadata: readMetadata(header[METADATA]) };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length === 0) badModel('The model file is empty; expected a safetensors file.');
  const length = bytes.length < 8 ? -1 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length >= 2 && length <= bytes.length - 8 && bytes[8] === 0x7b) {
    if (length > MAX_HEADER) badModel(`The model file's header has ${length} bytes; expected at most ${MAX_HEADER}.`);
    return length;
  }
  const kind = guessFileKind(bytes);
  if (kind) badModel(`The model file is not a safetensors file; it looks like ${kind}.`);
  if (length < 0) badModel(`The model file has ${bytes.length} bytes, too few for a safetensors file.`);
  if (length > 2 ** 40)
    badModel('The model file is truncated, or no safetensors file, nor one of a kind that is known.');
  if (length > bytes.length - 8)
    badModel(
      `The model file is truncated or not a safetensors file: its header would have ${length} bytes, ` +
        `but only ${bytes.length - 8} follow.`,
    );
  return badModel("The model file is not a safetensors file: its header is no JSON object, which starts with '{'.");
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  let members: number;
  try {
    const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.slice());
    members = checkSize(json);
    header = JSON.parse(json);
  } catch (error) {
    if (error instanceof HandfulError) throw error;
    badModel(`The model file's header is not JSON in UTF-8: ${quote((error as Error).message, 120)}.`, error);
  }
  if (!isRecord(header)) badModel(`The model file's header is ${quote(header)}; expected a JSON object.`);
  const names = Object.keys(header).length;
  if (names !== members)
    badModel(`The model file's header has ${members} entries by ${names} names; expected each name once.`);
  return header;
}

/** @returns How many members the header's JSON has, before it is parsed. */
function checkSize(json: string): number {
  const { depth, members } = measureJson(json);
  if (depth > DEEPEST) badModel(`The model file's header is nested ${depth} levels deep; expected at most ${DEEPEST}.`);
  if (members > MAX_TENSORS + 1) badModel(`The model file has ${members} tensors; expected at most ${MAX_TENSORS}.`);
  return members;
}

interface Range {
  name: string;
  begin: number;
  end: number;
}

function readEntry(name: string, entry: unknown, available: number) {
  if (!isRecord(entry)) badModel(`The model file describes the tensor ${name} by ${quote(entry)}; expected an object.`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype))
    badModel(`The tensor ${name} has the dtype ${quote(dtype)}; expected one of ${Object.keys(SIZES).join(', ')}.`);
  if (!Array.isArray(shape) || !shape.every(isSize))
    badModel(`The tensor ${name} has the shape ${quote(shape)}; expected a list of whole numbers from 0.`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    badModel(`The tensor ${name} has the data_offsets ${quote(offsets)}; expected [begin, end].`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available)
    badModel(
      `The tensor ${name} lies at [${begin}, ${end}], outside of the ${available} bytes of data: ` +
        'the model file is truncated or damaged.',
    );
  const bytes = shape.reduce((product, size) => (isSize(product * size) ? product * size : NaN), SIZES[dtype]);
  if (bytes !== end - begin)
    badModel(`The tensor ${name}, ${dtype} ${quote(shape)}, has ${end - begin} bytes of data; expected ${bytes}.`);
  return { dtype, shape, begin, end };
}

/** Every byte belongs to exactly one tensor, so that nothing is shared, hidden or left over. */
function checkCoverage(ranges: Range[], available: number): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== covered)
      badModel(
        `The tensor ${quote(name)} begins at byte ${begin} of the data; expected ${covered}, since tensors ` +
          'follow each other without overlap or hole.',
      );
    covered = end;
  }
  if (covered !== available)
    badModel(`The model file has ${available} bytes of data, of which its tensors use ${covered}; expected all.`);
}

function readMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    badModel(`The model file's ${METADATA} is ${quote(metadata)}; expected strings by name.`);
  return metadata as Record<string, string>;
}

/**
 * Writes a safetensors file: tensors in the order given, their data from a multiple of 8 bytes on.
 * @throws {HandfulError} `bad-argument` if a tensor's bytes are not those of its shape, or names and metadata are too
 * long to be read again.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, RawTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  const wrong: string[] = [];
  for (const [name, { dtype, shape, bytes }] of tensors) {
    if (name === METADATA || sizeOf(shape) * SIZES[dtype] !== bytes.length) wrong.push(quote(name));
    entries.push([name, { dtype, shape, data_offsets: [end, (end += bytes.length)] }]);
  }
  if (wrong.length > 0)
    throw new HandfulError('bad-argument', `These tensors' bytes or names do not fit the format: ${listed(wrong)}.`);

  const json = JSON.stringify(Object.fromEntries(entries)); // unlike assignment, safe for the name `__proto__`
  let header = new TextEncoder().encode(json);
  header = new TextEncoder().encode(json.padEnd(json.length + ((8 - (header.length % 8)) % 8)));
  if (header.length > MAX_HEADER)
    throw new HandfulError(
      'bad-argument',
      `The file's header would have ${header.length} bytes; expected at most ${MAX_HEADER}.`,
    );
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let offset = 8 + header.length;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(SIZES, value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
