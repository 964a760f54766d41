import { HandfulError } from '../../errors.js';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './float16.js';
import { diskShape, toDiskLayout, toMemoryLayout } from './layout.js';
import type { Weights } from '../model.js';
import { matchTensors, unwrappings } from './tensor-names.js';
import { badModel, listed, quote } from '../../common/messages.js';
import { sizeOf } from '../../common/shapes.js';
import type { RawTensor } from './safetensors.js';
import type { Parameter, Architecture } from '../lowering/lower.js';

/** Counters that PyTorch's batch norm and profilers leave in a state_dict; inference needs none of them. */
const COUNTERS = /(^|\.)(num_batches_tracked|total_ops|total_params)$/;

export const isCounter = (name: string): boolean => COUNTERS.test(name);

/** A state_dict less what no network needs. */
export function withoutCounters(tensors: ReadonlyMap<string, RawTensor>): Map<string, RawTensor> {
  return new Map([...tensors].filter(([name]) => !isCounter(name)));
}

/**
 * Reads a network's weights from a PyTorch state_dict (F32, F16, BF16 or F64, in PyTorch's layout).
 *
 * Tensors are found by their exact names, less a prefix that all of them share (`module.`, `backbone.`, …). If
 * names differ, the modules in natural order may stand for the network's in order, as long as all shapes agree.
 * @throws {HandfulError} `bad-model` if tensors are missing, left over, of another shape, or not finite.
 */
export function fromStateDict(tensors: ReadonlyMap<string, RawTensor>, architecture: Architecture): Weights {
  const own = withoutCounters(tensors);
  const matched = matchTensors(own, architecture.parameters) ?? badModel(mismatch(own, architecture));
  return new Map(
    architecture.parameters.map((parameter) => {
      const data = toMemoryLayout(readFloats(parameter.name, matched.get(parameter.name)!), parameter);
      const wrong = findUnusable(data, parameter);
      if (wrong) badModel(`The weights '${parameter.name}' in the model file hold ${wrong}.`);
      return [parameter.name, { shape: [...parameter.shape], data }];
    }),
  );
}

/**
 * Writes a network's weights as a PyTorch state_dict, in PyTorch's names, order and layout.
 * @throws {HandfulError} `bad-argument` if weights do not fit the architecture, are not finite or too large for `dtype`.
 */
export function toStateDict(
  weights: Weights,
  architecture: Architecture,
  dtype: 'F32' | 'F16',
): Map<string, RawTensor> {
  return new Map(
    architecture.parameters.map((parameter) => {
      const { name, shape } = parameter;
      const { shape: given, data } = weights.get(name) ?? { shape: undefined, data: new Float32Array() };
      if (String(given) !== String(shape) || data.length !== sizeOf(shape))
        throw new HandfulError('bad-argument', `The weights '${name}' are ${quote(given)}; expected [${shape}].`);
      const disk = toDiskLayout(data, parameter);
      const values = dtype === 'F16' ? float32ToFloat16(disk) : disk;
      const wrong = findUnusable(values instanceof Uint16Array ? float16ToFloat32(values) : values, parameter);
      if (wrong)
        throw new HandfulError(
          'bad-argument',
          `The weights '${name}' cannot be saved: as ${dtype}, they hold ${wrong}.`,
        );
      return [name, { dtype, shape: diskShape(parameter), bytes: new Uint8Array(values.buffer) }];
    }),
  );
}

function readFloats(name: string, { dtype, bytes }: RawTensor): Float32Array | Float64Array {
  const { buffer } = bytes.slice(); // aligned
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return new Float64Array(buffer);
    case 'F16':
      return float16ToFloat32(new Uint16Array(buffer));
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(buffer));
    default:
      return badModel(`The weights '${name}' in the model file are ${dtype}; expected F32, F16, BF16 or F64.`);
  }
}

/** What of a parameter's values no network computes with, in words; undefined if there is nothing. */
export function findUnusable(values: Float32Array, { kind }: Parameter): string | undefined {
  if (!values.every(Number.isFinite)) return 'NaN or infinity; expected finite numbers';
  if (kind === 'runningVar' && values.some((value) => value < 0)) return 'a negative variance; expected 0 or more';
  return undefined;
}

/** Names only what differs, so that one wrong shape among many stands out. */
function mismatch(tensors: ReadonlyMap<string, RawTensor>, { spec, parameters }: Architecture): string {
  const describe = (name: string, shape: readonly number[]) => `${quote(name)} ${quote(shape)}`;
  const expected = parameters.map((parameter) => describe(parameter.name, diskShape(parameter)));
  const unwrapped = unwrappings(tensors).find((names) => parameters.some(({ name }) => names.has(name)));
  const came = [...(unwrapped ?? tensors)].map(([name, { shape }]) => describe(name, shape));
  const known = new Set(expected);
  const seen = new Set(came);
  return (
    `The tensors of the model file do not fit the network ${quote(spec.name)}. ` +
    `Expected: ${listed(expected.filter((text) => !seen.has(text)))}. ` +
    `Came: ${listed(came.filter((text) => !known.has(text)))}.`
  );
}
