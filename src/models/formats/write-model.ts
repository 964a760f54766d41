import { lazy } from '../../common/lazy.js';
import { HandfulError } from '../../errors.js';
import type { ExportFormat } from '../../types.js';
import { encodeModel } from '../files/model-file.js';
import type { Model } from '../model.js';
import type { Writer } from './foreign-model.js';

/** Each in a chunk of its own, fetched when it is asked for. */
const WRITERS: Partial<Record<ExportFormat, () => Promise<Writer>>> = {
  onnx: async () => (await lazy(import('./onnx/write-onnx.js'))).writeOnnx,
  tfjs: async () => (await lazy(import('./tfjs/write-tfjs.js'))).writeTfjs,
};

/**
 * A whole model as one file.
 * @throws {HandfulError} `bad-argument` for what the format cannot hold; `network` if its writer is gone.
 */
export async function writeModel(model: Model, format: ExportFormat = 'safetensors'): Promise<Uint8Array<ArrayBuffer>> {
  if (format === 'safetensors') return encodeModel(model);
  const write = await WRITERS[format]?.();
  if (!write) throw new HandfulError('bad-argument', `There is no writer of ${format} files.`);
  return write(model);
}
