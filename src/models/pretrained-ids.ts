/** The ids of the networks that come with handful, for `load`. */
export const pretrained = Object.freeze(['mnist-mlp', 'mnist-lenet5', 'mnist-resnet'] as const);
