import { lazy } from '../../common/lazy.js';
import { badModel } from '../../common/messages.js';
import { foreignFormat, type ForeignFormat } from '../files/file-kind.js';
import { decodeModel, type GivenModelParts } from '../files/model-file.js';
import type { Model } from '../model.js';
import { toModel, type FetchBeside, type Reader } from './foreign-model.js';

/** Each in a chunk of its own, fetched when such a file comes. */
const READERS: Partial<Record<ForeignFormat, () => Promise<Reader>>> = {
  onnx: async () => (await lazy(import('./onnx/read-onnx.js'))).readOnnx,
  keras: async () => (await lazy(import('./keras/read-keras.js'))).readKeras,
  tfjs: async () => (await lazy(import('./tfjs/read-tfjs.js'))).readTfjs,
};

/**
 * The model that a file holds, of whichever format its first bytes tell.
 * @param beside For files that name others.
 * @throws {HandfulError} As `decodeModel`; `network` if the format's reader is gone; as `beside`.
 */
export async function readModelFile(bytes: Uint8Array, given: GivenModelParts, beside?: FetchBeside): Promise<Model> {
  const format = foreignFormat(bytes);
  if (!format) return decodeModel(bytes, given);
  const read = (await READERS[format]?.()) ?? badModel(`There is no reader of ${format} files.`);
  return toModel(await read(bytes, beside), given);
}
