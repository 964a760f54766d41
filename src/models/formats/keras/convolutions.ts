import type { DepthwiseConv2dLayer, Layer } from '../../../types.js';
import { biasOf, countOf, imageOf, take, takeAffine } from './call.js';
import type { Call, LayerReader } from './call.js';
import { activated, checkImages, outputLengths, readActivation, readPadding, square } from './values.js';

export const conv2d: LayerReader = (call) => {
  const { config, where, name } = call;
  const { kernel, channels, lengths, options } = windows(call);
  const filters = countOf(call, 'filters');
  takeAffine(call, [kernel, kernel, channels, filters]);
  const layer: Layer = { type: 'conv2d', name, filters, kernel, ...options, ...biasOf(config) };
  return { layers: activated([layer], readActivation(config.activation, where)), shape: [...lengths, filters] };
};

export const depthwiseConv2d: LayerReader = (call) => {
  const { config, where, name } = call;
  const hasBias = config.use_bias !== false;
  const weights = new Map(call.weights(['depthwise_kernel', ...(hasBias ? ['bias'] : [])]));
  const kernel = call.weights(['kernel']).get('kernel'); // its name since Keras 3
  if (kernel && !weights.has('depthwise_kernel')) weights.set('depthwise_kernel', kernel);
  const { layer, outputs, lengths } = depthwise(call, weights, name);
  if (hasBias) take(call, weights, 'bias', [outputs], `${name}.bias`);
  const own: Layer = { ...layer, ...biasOf(config) };
  return { layers: activated([own], readActivation(config.activation, where)), shape: [...lengths, outputs] };
};

export const separableConv2d: LayerReader = (call) => {
  const { config, where } = call;
  const hasBias = config.use_bias !== false;
  const weights = call.weights(['depthwise_kernel', 'pointwise_kernel', ...(hasBias ? ['bias'] : [])]);
  const { layer, outputs, lengths } = depthwise(call, weights, `${call.name}.depthwise`);
  const filters = countOf(call, 'filters');
  const name = `${call.name}.pointwise`;
  take(call, weights, 'pointwise_kernel', [1, 1, outputs, filters], `${name}.weight`);
  if (hasBias) take(call, weights, 'bias', [filters], `${name}.bias`);
  const pointwise: Layer = { type: 'conv2d', name, filters, kernel: 1, ...biasOf(config) };
  const layers = activated([{ ...layer, bias: false }, pointwise], readActivation(config.activation, where));
  return { layers, shape: [...lengths, filters] };
};

function depthwise(call: Call, weights: ReturnType<Call['weights']>, name: string) {
  const { kernel, channels, lengths, options } = windows(call);
  const multiplier = countOf(call, 'depth_multiplier', 1);
  const outputs = channels * multiplier;
  const parameter = `${name}.weight`;
  take(call, weights, 'depthwise_kernel', [kernel, kernel, channels, multiplier], parameter, [
    kernel,
    kernel,
    1,
    outputs,
  ]);
  const layer: DepthwiseConv2dLayer = {
    type: 'depthwiseConv2d',
    name,
    kernel,
    ...(multiplier !== 1 && { multiplier }),
    ...options,
  };
  return { layer, outputs, lengths };
}

function windows(call: Call) {
  const { config, where, shape, added } = call;
  const [, , channels] = imageOf(call);
  checkImages(config, where);
  const kernel = square(config.kernel_size, `${where}: kernel_size`);
  const stride = square(config.strides ?? 1, `${where}: strides`);
  const padding = readPadding(config, kernel, stride, added, where);
  const lengths = outputLengths(shape, [kernel, kernel], [stride, stride], padding);
  return { kernel, channels, lengths, options: { ...(stride !== 1 && { stride }), ...(padding !== 0 && { padding }) } };
}
