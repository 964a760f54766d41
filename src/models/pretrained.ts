import { assetUrl } from '../assets.js';
import { badModel } from '../common/messages.js';
import { HandfulError } from '../errors.js';
import { pretrained } from './pretrained-ids.js';

/** A pretrained network's file, and what it is known by. */
export interface PretrainedFile {
  url: URL;
  /** Of its content, in hexadecimal, as on its card. */
  sha256: string;
}

// Each URL is written out because bundlers find, copy and rewrite only literal ones.
const FILES: Record<(typeof pretrained)[number], PretrainedFile> = {
  'mnist-softmax': {
    url: new URL('../pretrained/mnist-softmax/model.safetensors', import.meta.url),
    sha256: 'cd382f484719952d910a4fbd8b92f1faf16b6edb1e3eefa4d98a2bad5bc81682',
  },
  'mnist-mlp': {
    url: new URL('../pretrained/mnist-mlp/model.safetensors', import.meta.url),
    sha256: 'e8fbd94f7e978fd941cd23b6002cbf208514fb6e07c7ad8560a00d3cf8ed1473',
  },
  'mnist-lenet5': {
    url: new URL('../pretrained/mnist-lenet5/model.safetensors', import.meta.url),
    sha256: '516d79f182a5113855ee225d02430eba1d44b404d119f931e1f04c76619ea371',
  },
  'mnist-minivgg': {
    url: new URL('../pretrained/mnist-minivgg/model.safetensors', import.meta.url),
    sha256: '1c13afe624ca865b1dff9898e1062f660c881cbd2cb0ed206488fbb7995d7491',
  },
  'mnist-resnet': {
    url: new URL('../pretrained/mnist-resnet/model.safetensors', import.meta.url),
    sha256: 'bd910fb060096917372a1bfac07217f948d2f0a772969a65bc26c99919a3794b',
  },
  'symbols-lenet5': {
    url: new URL('../pretrained/symbols-lenet5/model.safetensors', import.meta.url),
    sha256: 'ce09f02cd42c540c49af64158398a694900474541f15f13c57f176e57a99361c',
  },
  'symbols-resnet': {
    url: new URL('../pretrained/symbols-resnet/model.safetensors', import.meta.url),
    sha256: 'fb96e9271fd858f211a3f168c5ebb996414427d2970a0dbcd1e2203516137a6f',
  },
  'cifar10-lenet5': {
    url: new URL('../pretrained/cifar10-lenet5/model.safetensors', import.meta.url),
    sha256: 'f664d93822783ee4c7a97d66b690ff6017fee005066a639bb960ad824a83cff9',
  },
  'cifar10-minivgg': {
    url: new URL('../pretrained/cifar10-minivgg/model.safetensors', import.meta.url),
    sha256: '02cd1d0d3916479031770a105d279682e27ba551614a3be28548f1a72639ea6a',
  },
  'cifar10-resnet': {
    url: new URL('../pretrained/cifar10-resnet/model.safetensors', import.meta.url),
    sha256: '09b6d16290901e9409934df0cc56366e078e87fc41be8551969962eb176f5f7f',
  },
};

/**
 * Where a pretrained network's file is.
 * @throws {HandfulError} `not-found` listing the ids there are.
 */
export function pretrainedFile(id: string, assetBase?: string): PretrainedFile {
  const known = pretrained.find((each) => each === id);
  if (!known)
    throw new HandfulError('not-found', `There is no pretrained network '${id}'; there are: ${pretrained.join(', ')}.`);
  const { url, sha256 } = FILES[known];
  return { url: assetUrl(`pretrained/${id}/model.safetensors`, url, assetBase), sha256 };
}

/**
 * Compares a file with what it should be, where the browser can: outside secure contexts it has no hashes.
 * @throws {HandfulError} `bad-model`
 */
export async function verify(bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<void> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== sha256)
    badModel(`it is damaged, or of another version of handful: its SHA-256 is ${found}, not ${sha256}.`);
}
