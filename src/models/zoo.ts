import { HandfulError } from '../errors.js';
import type { Activation, BatchNormLayer, Conv2dLayer, DenseLayer, Layer, ResidualLayer, Spec } from '../types.js';

// Named architectures. Layer names are those a PyTorch module of the same network would give them, so that its
// state_dict loads as it is.

export interface ImageNetOptions {
  /** [height, width, channels]. Default [28, 28, 1]. */
  input?: number[];
  /** Default 10. */
  classes?: number;
}

/**
 * Multilayer perceptron with ReLU between its layers. The first width is the input's, the last the number of classes, or
 * of values for regression; two widths make softmax or linear regression.
 * @param options.activation Default `relu`; `null` leaves the ReLU out, which makes the network linear.
 * @throws {HandfulError} `bad-argument` for fewer than two widths.
 * @example
 * const digits = await create(mlp([784, 512, 10]));
 */
export function mlp(
  widths: readonly number[],
  { activation = 'relu' }: { activation?: Activation | null | undefined } = {},
): Spec {
  if (!Array.isArray(widths) || widths.length < 2)
    throw new HandfulError(
      'bad-argument',
      `mlp takes two widths or more, as in [784, 10]; got ${JSON.stringify(widths)}.`,
    );
  const [input = 0, ...units] = widths as number[];
  const layers = units.map((width, index): DenseLayer => {
    const hidden = index < units.length - 1 && activation;
    return { type: 'dense', name: `linears.${index}`, units: width, ...(hidden && { activation: hidden }) };
  });
  return { name: 'mlp', input: [input], layers };
}

export interface LeNetOptions extends ImageNetOptions {
  /** Zeros around the image. Default 2, which makes MNIST's 28x28 the 32x32 of the paper. */
  padding?: number;
}

/**
 * LeNet-5 with ReLU and max-pooling (after LeCun et al. 1998): 61,706 parameters on 28x28x1, 83,126 on 32x32x3.
 * @example
 * const symbols = await create(lenet5({ classes: 3 }), { labels: ['circle', 'cross', 'line'] });
 */
export function lenet5({ input = [28, 28, 1], classes = 10, padding = 2 }: LeNetOptions = {}): Spec {
  return {
    name: 'lenet5',
    input: [...input],
    layers: [
      reluConv('conv1', 6, 5, padding),
      { type: 'maxPool', size: 2 },
      reluConv('conv2', 16, 5),
      { type: 'maxPool', size: 2 },
      ...classifier(classes),
    ],
  };
}

/**
 * A small VGG (after Simonyan and Zisserman 2014): 123,502 parameters on 28x28x1.
 * @example
 * const photos = await create(miniVgg({ input: [32, 32, 3] }));
 */
export function miniVgg({ input = [28, 28, 1], classes = 10 }: ImageNetOptions = {}): Spec {
  return {
    name: 'minivgg',
    input: [...input],
    layers: [
      reluConv('conv11', 16, 3),
      reluConv('conv12', 16, 3),
      { type: 'maxPool', size: 2 },
      reluConv('conv21', 32, 3),
      reluConv('conv22', 32, 3, 1),
      { type: 'maxPool', size: 2 },
      ...classifier(classes),
    ],
  };
}

/**
 * A residual network of basic blocks (after He et al. 2015) with 16, 32, 64, … channels; every stage but the first
 * halves height and width. Where a block changes shape, its shortcut is a strided 3x3 convolution with batch norm.
 * @param blocks Blocks of each stage. Default [2, 2, 2].
 * @example
 * const photos = await create(resnet([2, 2, 2], { input: [32, 32, 3] })); // 195,738 parameters
 */
export function resnet(
  blocks: readonly number[] = [2, 2, 2],
  { input = [28, 28, 1], classes = 10 }: ImageNetOptions = {},
): Spec {
  const layers: Layer[] = [conv3x3('conv', 16, 1), batchNorm('bn', 'relu')];
  let channels = 16;
  blocks.forEach((count, stage) => {
    const filters = 16 << stage;
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      layers.push(basicBlock(`layers.${layers.length - 2}`, channels, filters, stride));
      channels = filters;
    }
  });
  layers.push({ type: 'globalAvgPool' }, { type: 'dense', name: 'fc', units: classes });
  return { name: 'resnet', input: [...input], layers };
}

/**
 * ResNet-9, the network that led DAWNBench's race to 94 % on CIFAR-10 (Coleman et al. 2017; David Page 2018): 6,573,130
 * parameters on 32x32x3. It takes photos of at least 32x32; the factor of 1/8 on its logits is left to training.
 * @example
 * const photos = await create(resnet9());
 */
export function resnet9({ input = [32, 32, 3], classes = 10 }: ImageNetOptions = {}): Spec {
  const conv = (name: string, filters: number): Layer[] => [
    conv3x3(`${name}.conv`, filters, 1),
    batchNorm(`${name}.bn`, 'relu'),
  ];
  const halve: Layer = { type: 'maxPool', size: 2 };
  const twice = (name: string, filters: number): Layer => ({
    type: 'residual',
    body: [...conv(`${name}.res1`, filters), ...conv(`${name}.res2`, filters)],
  });
  return {
    name: 'resnet9',
    input: [...input],
    layers: [
      ...conv('prep', 64),
      ...conv('layer1', 128),
      halve,
      twice('layer1', 128),
      ...conv('layer2', 256),
      halve,
      ...conv('layer3', 512),
      halve,
      twice('layer3', 512),
      { type: 'maxPool', size: 4 },
      { type: 'flatten' },
      { type: 'dense', name: 'linear', units: classes },
    ],
  };
}

function basicBlock(name: string, channels: number, filters: number, stride: number): ResidualLayer {
  const body = [
    conv3x3(`${name}.conv1`, filters, stride),
    batchNorm(`${name}.bn1`, 'relu'),
    conv3x3(`${name}.conv2`, filters, 1),
    batchNorm(`${name}.bn2`),
  ];
  const changes = stride > 1 || channels !== filters;
  const shortcut = [conv3x3(`${name}.downsample.0`, filters, stride), batchNorm(`${name}.downsample.1`)];
  return { type: 'residual', body, ...(changes && { shortcut }), activation: 'relu' };
}

function reluConv(name: string, filters: number, kernel: number, padding = 0): Conv2dLayer {
  return { type: 'conv2d', name, filters, kernel, padding, activation: 'relu' };
}

function conv3x3(name: string, filters: number, stride: number): Conv2dLayer {
  return { type: 'conv2d', name, filters, kernel: 3, stride, padding: 1, bias: false };
}

function batchNorm(name: string, activation?: Activation): BatchNormLayer {
  return { type: 'batchNorm', name, ...(activation && { activation }) };
}

/** The three dense layers that LeNet-5 and MiniVGG end in. */
function classifier(classes: number): Layer[] {
  return [
    { type: 'flatten' },
    { type: 'dense', name: 'fc1', units: 120, activation: 'relu' },
    { type: 'dense', name: 'fc2', units: 84, activation: 'relu' },
    { type: 'dense', name: 'fc3', units: classes },
  ];
}
