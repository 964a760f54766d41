// What is measured, and how many calls make one round (a tenth of a second or so).

const networks = ['lenet5', 'mlp', 'minivgg', 'resnet'];

export const rows = networks.flatMap((network) => {
  const calls = network === 'resnet' ? 1 : 10;
  return [
    ...['sgd', 'adam'].map((optimizer) => ({ row: `train16/${network}/${optimizer}`, calls })),
    { row: `infer1/${network}`, calls: 4 * calls },
    { row: `infer64/${network}`, calls: Math.ceil(calls / 2) },
  ];
});
