import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../files/float16.js';
import type { OnnxTensor } from './messages.js';

/** Numbers that a file holds or that follow from it. NaN among whole numbers stands for the size of the batch. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Codes of TensorProto.DataType, and how their raw data is read. */
const TYPES: Readonly<Record<number, readonly [name: string, size: number, read?: (buffer: ArrayBuffer) => Numbers]>> =
  {
    1: ['float', 4, (buffer) => new Float32Array(buffer)],
    2: ['uint8', 1, (buffer) => new Uint8Array(buffer)],
    3: ['int8', 1, (buffer) => new Int8Array(buffer)],
    4: ['uint16', 2, (buffer) => new Uint16Array(buffer)],
    5: ['int16', 2, (buffer) => new Int16Array(buffer)],
    6: ['int32', 4, (buffer) => new Int32Array(buffer)],
    7: ['int64', 8, (buffer) => Array.from(new BigInt64Array(buffer), Number)],
    8: ['string', 0],
    9: ['bool', 1, (buffer) => new Uint8Array(buffer)],
    10: ['float16', 2, (buffer) => float16ToFloat32(new Uint16Array(buffer))],
    11: ['double', 8, (buffer) => new Float64Array(buffer)],
    12: ['uint32', 4, (buffer) => new Uint32Array(buffer)],
    13: ['uint64', 8, (buffer) => Array.from(new BigUint64Array(buffer), Number)],
    16: ['bfloat16', 2, (buffer) => bfloat16ToFloat32(new Uint16Array(buffer))],
  };

type Numbers = ArrayLike<number>;

/** Types whose numbers are weights, which are computed with in float32. */
const FLOATS = [1, 10, 11, 16];
/** Of these, those that may stand as integers that hold their bits. */
const HALVES = [10, 16];

/**
 * The numbers of a tensor.
 * @throws {HandfulError} `bad-model` if they lie elsewhere, are of a type that none can compute with, or do not fill the
 * shape.
 */
export function readNumbers(tensor: OnnxTensor): Tensor {
  const { name, type, dims, bytes, integers } = tensor;
  const what = `The tensor ${quote(name)} of the ONNX file`;
  if (tensor.isExternal)
    badModel(`${what} lies in another file (external data): save the model with its weights in one file.`);
  const [word, size, read] = TYPES[type] ?? [`data type ${type}`, 0];
  if (!read) return badModel(`${what} is of ${word}; handful reads floats and integers.`);
  if (dims.length > 8 || !dims.every((length) => Number.isSafeInteger(length) && length >= 0))
    badModel(`${what} has the shape ${quote(dims)}; expected whole numbers from 0.`);
  const count = bytes.reduce((sum, { length }) => sum + length, 0) / size || integers.length;
  if (sizeOf(dims) !== count) badModel(`${what}, ${word} ${quote(dims)}, holds ${count} numbers: it is damaged.`);
  const numbers =
    bytes.length > 0 ? read(joined(bytes)) : HALVES.includes(type) ? read(Uint16Array.from(integers).buffer) : integers;
  return { shape: [...dims], data: FLOATS.includes(type) ? Float32Array.from(numbers) : Float64Array.from(numbers) };
}

/** The parts as one, at an address that any type can be read from. */
function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}
