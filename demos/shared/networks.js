import { pretrained } from 'handful';
import { say } from './say.js';

/** @import { BackendInfo, BackendName } from 'handful' */

// What the pages offer, of handful's pretrained networks; the first is where a page starts.

const names = { lenet5: 'LeNet-5', minivgg: 'MiniVGG', resnet: 'ResNet', mlp: 'MLP', softmax: 'Softmax' };

/** Networks that read digits. */
export const networks = trainedOn('mnist', ['lenet5', 'minivgg', 'resnet', 'mlp', 'softmax']);

/** Networks to teach symbols of one's own, the best first: those made for it, and those that read digits. */
export const symbolNetworks = [
  ...trainedOn('symbols', ['resnet', 'lenet5']).map(({ id, name }) => ({ id, name: say.common.forSymbols({ name }) })),
  ...networks,
];

/** Networks that look at photos. */
export const photoNetworks = trainedOn('cifar10', ['resnet', 'minivgg', 'lenet5']);

/** Names of networks saved in this browser that read ink, or look at photos. */
export const savedForInk = /^(teach\/(digits|symbols)|[^/]+)$/;
export const savedForPhotos = /^(teach\/things|things\/.*)$/;

/** @param {string} dataset @param {(keyof typeof names)[]} kinds */
function trainedOn(dataset, kinds) {
  return kinds.flatMap((kind) => {
    const found = pretrained.filter((id) => id === `${dataset}-${kind}`);
    return found.map((id) => ({ id, name: names[kind] }));
  });
}

/** @type {{ id: 'auto' | BackendName, name: string }[]} */
export const backends = [
  { id: 'auto', name: say.common.faster },
  { id: 'wasm', name: 'WASM' },
  { id: 'webgpu', name: 'WebGPU' },
];

/** What a classifier runs on, in a few words. @param {BackendInfo} backend */
export function describeBackend({ name, simd, threads, adapter }) {
  if (name === 'webgpu') return ['WebGPU', adapter].filter(Boolean).join(' · ');
  const vectors = simd && { simd: 'SIMD', relaxed: 'relaxed SIMD' }[simd];
  return ['WASM', vectors, threads && say.common.threads({ n: threads })].filter(Boolean).join(' · ');
}
