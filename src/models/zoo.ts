import { isList, refuse } from '../common/refuse.js';
import type { Activation, DenseLayer, Layer, Spec } from '../types.js';

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
  if (!isList(widths) || widths.length < 2) refuse('mlp takes two widths or more, as in [784, 10]', widths);
  const [input = 0, ...units] = widths;
  const last = units.length - 1;
  const layers = units.map((width, index) => dense(`linears.${index}`, width, index < last && activation));
  return named('mlp', [input], layers);
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
  return named('lenet5', input, [
    reluConv('conv1', 6, 5, padding),
    maxPool(2),
    reluConv('conv2', 16, 5),
    maxPool(2),
    ...classifier(classes),
  ]);
}

/**
 * A small VGG (after Simonyan and Zisserman 2014): 123,502 parameters on 28x28x1.
 * @example
 * const photos = await create(miniVgg({ input: [32, 32, 3] }));
 */
export function miniVgg({ input = [28, 28, 1], classes = 10 }: ImageNetOptions = {}): Spec {
  return named('minivgg', input, [
    reluConv('conv11', 16, 3),
    reluConv('conv12', 16, 3),
    maxPool(2),
    reluConv('conv21', 32, 3),
    reluConv('conv22', 32, 3, 1),
    maxPool(2),
    ...classifier(classes),
  ]);
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
  const layers = normedConv('conv', 'bn', 16);
  blocks.forEach((count, stage) => {
    for (let block = 0; block < count; block++) {
      const halves = stage > 0 && block === 0;
      layers.push(basicBlock(`layers.${layers.length - 2}`, 16 << stage, halves));
    }
  });
  return named('resnet', input, [...layers, { type: 'globalAvgPool' }, dense('fc', classes)]);
}

/**
 * ResNet-9, the network that led DAWNBench's race to 94 % on CIFAR-10 (Coleman et al. 2017; David Page 2018): 6,573,130
 * parameters on 32x32x3. It takes photos of at least 32x32; the factor of 1/8 on its logits is left to training.
 * @example
 * const photos = await create(resnet9());
 */
export function resnet9({ input = [32, 32, 3], classes = 10 }: ImageNetOptions = {}): Spec {
  const conv = (name: string, filters: number) => normedConv(`${name}.conv`, `${name}.bn`, filters);
  const twice = (name: string, filters: number): Layer => ({
    type: 'residual',
    body: [...conv(`${name}.res1`, filters), ...conv(`${name}.res2`, filters)],
  });
  return named('resnet9', input, [
    ...conv('prep', 64),
    ...conv('layer1', 128),
    maxPool(2),
    twice('layer1', 128),
    ...conv('layer2', 256),
    maxPool(2),
    ...conv('layer3', 512),
    maxPool(2),
    twice('layer3', 512),
    maxPool(4),
    { type: 'flatten' },
    dense('linear', classes),
  ]);
}

function named(name: string, input: readonly number[], layers: Layer[]): Spec {
  return { name, input: [...input], layers };
}

/** @param halves Whether it halves height and width. */
function basicBlock(name: string, filters: number, halves: boolean): Layer {
  const stride = halves ? 2 : 1;
  const body = [
    ...normedConv(`${name}.conv1`, `${name}.bn1`, filters, stride),
    ...normedConv(`${name}.conv2`, `${name}.bn2`, filters, 1, false),
  ];
  const shortcut = halves && normedConv(`${name}.downsample.0`, `${name}.downsample.1`, filters, stride, false);
  return { type: 'residual', body, ...(shortcut && { shortcut }), activation: 'relu' };
}

function reluConv(name: string, filters: number, kernel: number, padding = 0): Layer {
  return { type: 'conv2d', name, filters, kernel, padding, activation: 'relu' };
}

/** A 3x3 convolution and its batch norm. */
function normedConv(conv: string, norm: string, filters: number, stride = 1, relu = true): Layer[] {
  return [
    { type: 'conv2d', name: conv, filters, kernel: 3, stride, padding: 1, bias: false },
    { type: 'batchNorm', name: norm, ...(relu && { activation: 'relu' }) },
  ];
}

function maxPool(size: number): Layer {
  return { type: 'maxPool', size };
}

function dense(name: string, units: number, activation?: Activation | null | false): DenseLayer {
  return { type: 'dense', name, units, ...(activation && { activation }) };
}

/** The three dense layers that LeNet-5 and MiniVGG end in. */
function classifier(classes: number): Layer[] {
  return [{ type: 'flatten' }, dense('fc1', 120, 'relu'), dense('fc2', 84, 'relu'), dense('fc3', classes)];
}
