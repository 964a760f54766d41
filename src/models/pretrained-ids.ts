/** The ids of the networks that come with handful, for `load`. */
export const pretrained = Object.freeze([
  'mnist-softmax',
  'mnist-mlp',
  'mnist-lenet5',
  'mnist-minivgg',
  'mnist-resnet',
  'symbols-resnet',
  'symbols-lenet5',
  'cifar10-lenet5',
  'cifar10-minivgg',
  'cifar10-resnet',
] as const);
