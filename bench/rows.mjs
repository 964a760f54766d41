// What every subject does, one call after the other: training steps of 16, inference of 1 and 64 at a time.

export const networks = ['lenet5', 'mlp', 'minivgg', 'resnet'];

export const rows = networks.flatMap((network) => [
  `train16/${network}/sgd`,
  `train16/${network}/adam`,
  `infer1/${network}`,
  `infer64/${network}`,
]);
