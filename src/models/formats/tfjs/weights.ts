import { badModel, quote } from '../../../common/messages.js';
import { sizeOf } from '../../../common/shapes.js';
import { float16ToFloat32 } from '../../files/float16.js';
import type { ForeignTensor } from '../foreign-model.js';
import { asJson, asList, asText, isJson } from '../keras/json.js';

/** A weight as a manifest describes it, and how many bytes it takes. */
export interface ManifestWeight {
  name: string;
  shape: readonly number[];
  /** Of the numbers in the file. */
  stored: Stored;
  /** Number = stored · scale + min, where it was quantised to whole numbers. */
  scale: number;
  min: number;
  bytes: number;
}

type Stored = 'float32' | 'float16' | 'uint8' | 'uint16' | 'int32' | 'bool';
const SIZES: Readonly<Record<Stored, number>> = { float32: 4, float16: 2, uint8: 1, uint16: 2, int32: 4, bool: 1 };

/** Weights that lie one after another in files that are to be joined. */
export interface WeightGroup {
  paths: string[];
  weights: ManifestWeight[];
  bytes: number;
}

const MOST_FILES = 10_000;

/** @throws {HandfulError} `bad-model` */
export function readManifest(manifest: unknown): WeightGroup[] {
  const groups = asList(manifest, 'The weightsManifest').map((value) => {
    const group = asJson(value, 'A group of the weightsManifest');
    const paths = asList(group.paths, 'The paths of the weightsManifest').map(readPath);
    const weights = asList(group.weights, 'The weights of the weightsManifest').map(readWeight);
    return { paths, weights, bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
  const files = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  if (files > MOST_FILES) badModel(`The weightsManifest names ${files} files; expected at most ${MOST_FILES}.`);
  return groups;
}

/** Beside the model.json, wherever that is: one from elsewhere is not to say what else is fetched. */
function readPath(value: unknown): string {
  const path = asText(value, 'A path of the weightsManifest');
  if (/^([a-z][a-z\d+.-]*:|[\\/]{2})/i.test(path))
    badModel(`The weightsManifest names ${quote(path)}; expected a path relative to the model.json.`);
  return path;
}

function readWeight(value: unknown): ManifestWeight {
  const { name: given, shape, dtype, quantization } = asJson(value, 'A weight of the weightsManifest');
  const name = asText(given, "A weight's name");
  const sizes = asList(shape, `The shape of ${quote(name)}`);
  const elements = (sizes as number[]).reduce(
    (size, length) => (isSize(length) && isSize(size * length) ? size * length : NaN),
    1,
  );
  if (Number.isNaN(elements))
    badModel(`The weight ${quote(name)} has the shape ${quote(shape)}; expected whole numbers.`);
  const { dtype: quantised = dtype, scale = 1, min = 0 } = isJson(quantization) ? quantization : {};
  if (!isStored(quantised))
    return badModel(`The weight ${quote(name)} is ${quote(quantised)}; expected ${Object.keys(SIZES).join(', ')}.`);
  if (!Number.isFinite(scale) || !Number.isFinite(min))
    badModel(`The weight ${quote(name)} is quantised by ${quote(quantization)}; expected a finite scale and min.`);
  return {
    name,
    shape: sizes as number[],
    stored: quantised,
    scale: scale as number,
    min: min as number,
    bytes: elements * SIZES[quantised],
  };
}

/** The numbers of a group's weights, by their names. @throws {HandfulError} `bad-model` for too few or too many bytes. */
export function readGroup(
  { weights, paths, bytes }: WeightGroup,
  files: readonly Uint8Array[],
): Map<string, ForeignTensor> {
  const length = files.reduce((sum, file) => sum + file.length, 0);
  if (length !== bytes)
    badModel(
      `The weight files ${quote(paths)} have ${length} bytes together; model.json describes ${bytes}: one of them is ` +
        'damaged, or belongs to another model.',
    );
  const data = new Uint8Array(length);
  files.reduce((offset, file) => (data.set(file, offset), offset + file.length), 0);
  const tensors = new Map<string, ForeignTensor>();
  weights.reduce((offset, weight) => {
    tensors.set(weight.name, {
      shape: weight.shape,
      data: numbersOf(weight, data.buffer.slice(offset, offset + weight.bytes)),
    });
    return offset + weight.bytes;
  }, 0);
  return tensors;
}

function numbersOf({ stored, scale, min, shape }: ManifestWeight, buffer: ArrayBuffer): Float32Array {
  const dequantised = (values: Uint8Array | Uint16Array) => Float32Array.from(values, (value) => value * scale + min);
  switch (stored) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float16':
      return float16ToFloat32(new Uint16Array(buffer));
    case 'uint8':
      return dequantised(new Uint8Array(buffer));
    case 'uint16':
      return dequantised(new Uint16Array(buffer));
    default:
      return new Float32Array(sizeOf(shape)).fill(NaN); // no weights of a layer that handful has
  }
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'string' && Object.hasOwn(SIZES, value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
