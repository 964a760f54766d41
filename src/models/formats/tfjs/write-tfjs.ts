import { zipSync } from 'fflate';
import { sizeOf } from '../../../common/shapes.js';
import { metadataOf } from '../../files/model-file.js';
import { lower } from '../../lowering/lower.js';
import type { Model } from '../../model.js';
import { Topology } from './topology.js';

/**
 * Writes a model as a zip archive of a TensorFlow.js layers model, model.json and weights.bin: float32, any batch. Its
 * input is standardised already; it yields logits, or for regression values. userDefinedMetadata is that of our own files.
 * @throws {HandfulError} `bad-argument` for the padding of a pool, or an activation, that TensorFlow.js cannot load.
 */
export function writeTfjs(model: Model): Uint8Array<ArrayBuffer> {
  const topology = new Topology(lower(model.spec), model);
  const weights = [...topology.weights];
  const data = new Float32Array(weights.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0));
  weights.reduce((offset, [, tensor]) => (data.set(tensor.data, offset), offset + tensor.data.length), 0);
  const manifest = weights.map(([name, { shape }]) => ({ name, shape, dtype: 'float32' }));
  const json = {
    format: 'layers-model',
    generatedBy: 'handful',
    convertedBy: null,
    modelTopology: topology.json,
    weightsManifest: [{ paths: ['weights.bin'], weights: manifest }],
    userDefinedMetadata: { handful: metadataOf(model) },
  };
  const text = new TextEncoder().encode(JSON.stringify(json));
  const mtime = new Date(2020, 0, 1); // the same file of the same model
  return zipSync({
    'model.json': [text, { mtime }],
    'weights.bin': [new Uint8Array(data.buffer), { level: 0, mtime }],
  });
}
