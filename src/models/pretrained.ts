import { assetUrl } from '../assets.js';
import { HandfulError } from '../errors.js';

// Each URL is written out because bundlers find, copy and rewrite only literal ones.
const FILES: Record<string, URL> = {
  'mnist-mlp': new URL('../pretrained/mnist-mlp/model.safetensors', import.meta.url),
  'mnist-lenet5': new URL('../pretrained/mnist-lenet5/model.safetensors', import.meta.url),
  'mnist-resnet': new URL('../pretrained/mnist-resnet/model.safetensors', import.meta.url),
};

/**
 * Where a pretrained network's file is.
 * @throws {HandfulError} `not-found` listing the ids there are.
 */
export function pretrainedUrl(id: string, assetBase?: string): URL {
  const bundled = Object.hasOwn(FILES, id) && FILES[id];
  if (!bundled)
    throw new HandfulError(
      'not-found',
      `There is no pretrained network '${id}'; there are: ${Object.keys(FILES).join(', ')}.`,
    );
  return assetUrl(`pretrained/${id}/model.safetensors`, bundled, assetBase);
}
