// What the pages offer, by the ids of handful's pretrained networks.

export const networks = [
  { id: 'mnist-lenet5', name: 'LeNet-5' },
  { id: 'mnist-mlp', name: 'MLP' },
  { id: 'mnist-resnet', name: 'ResNet' },
];

export const backends = [
  { id: 'auto', name: 'the faster one' },
  { id: 'wasm', name: 'WASM' },
  { id: 'webgpu', name: 'WebGPU' },
];

/** What a classifier runs on, in a few words. */
export function describeBackend({ name, simd, threads, adapter }) {
  if (name === 'webgpu') return ['WebGPU', adapter].filter(Boolean).join(' · ');
  const vectors = { none: 'no SIMD', simd: 'SIMD', relaxed: 'relaxed SIMD' }[simd];
  return ['WASM', vectors, threads && `${threads} ${threads === 1 ? 'thread' : 'threads'}`].filter(Boolean).join(' · ');
}
