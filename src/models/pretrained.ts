import { assetUrl } from '../assets.js';
import { HandfulError } from '../errors.js';
import { pretrained } from './pretrained-ids.js';

// Each URL is written out because bundlers find, copy and rewrite only literal ones.
const FILES: Record<(typeof pretrained)[number], URL> = {
  'mnist-softmax': new URL('../pretrained/mnist-softmax/model.safetensors', import.meta.url),
  'mnist-mlp': new URL('../pretrained/mnist-mlp/model.safetensors', import.meta.url),
  'mnist-lenet5': new URL('../pretrained/mnist-lenet5/model.safetensors', import.meta.url),
  'mnist-minivgg': new URL('../pretrained/mnist-minivgg/model.safetensors', import.meta.url),
  'mnist-resnet': new URL('../pretrained/mnist-resnet/model.safetensors', import.meta.url),
  'cifar10-lenet5': new URL('../pretrained/cifar10-lenet5/model.safetensors', import.meta.url),
  'cifar10-minivgg': new URL('../pretrained/cifar10-minivgg/model.safetensors', import.meta.url),
  'cifar10-resnet': new URL('../pretrained/cifar10-resnet/model.safetensors', import.meta.url),
};

/**
 * Where a pretrained network's file is.
 * @throws {HandfulError} `not-found` listing the ids there are.
 */
export function pretrainedUrl(id: string, assetBase?: string): URL {
  const known = pretrained.find((each) => each === id);
  if (!known)
    throw new HandfulError('not-found', `There is no pretrained network '${id}'; there are: ${pretrained.join(', ')}.`);
  return assetUrl(`pretrained/${id}/model.safetensors`, FILES[known], assetBase);
}
