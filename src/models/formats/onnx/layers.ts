// Nodes that are layers of ours.

import { sizeOf } from '../../../common/shapes.js';
import type { Layer } from '../../../types.js';
import type { ForeignTensor } from '../foreign-model.js';
import { transpose } from './constants.js';
import { reordered, settle } from './elementwise.js';
import { axesOf, float, integer, integers, optionalTensor, refuse, tensorOf, valueOf, type Node } from './nodes.js';
import type { Tensor } from './tensors.js';
import { append, dimsOf, type Form, type Value } from './values.js';
import { imageOf, windowsOf } from './windows.js';

export const LAYERS: Readonly<Record<string, (node: Node) => Value>> = {
  Conv(node) {
    const value = settle(node, valueOf(node));
    const weight = tensorOf(node, 1);
    const { form } = value;
    const [filters = 0, inputs = 0, rows = 0, columns = 0] = weight.shape;
    if (weight.shape.length !== 4) return refuse(node, `has a kernel [${weight.shape}]; handful convolves images`);
    if ('dims' in form && rows * columns === 1 && form.features === inputs)
      return dense(node, value, { shape: [filters, inputs], data: weight.data }, biasOf(node, 2), form.dims);
    const { channels } = imageOf(node, value);
    const group = integer(node, 'group', 1);
    const isDepthwise = group === channels && inputs === 1 && channels > 1;
    if (rows !== columns) return refuse(node, `has a kernel of ${rows}x${columns}; handful's are square`);
    if ((group !== 1 && !isDepthwise) || channels !== inputs * group)
      return refuse(node, `has ${group} groups for ${channels} channels; handful has 1, or one for each channel`);
    const { size, stride, padding, image } = windowsOf(node, value, [rows, columns]);
    if (stride[0] !== stride[1]) return refuse(node, `has the strides [${stride}]; handful's convolutions have one`);
    const common = { name: '', kernel: size[0], stride: stride[0], padding, bias: node.inputs.length > 2 };
    const layer: Layer = isDepthwise
      ? { type: 'depthwiseConv2d', ...common, multiplier: filters / channels }
      : { type: 'conv2d', ...common, filters };
    const tensors = { weight: floats(transpose(weight, [2, 3, 1, 0])), ...named('bias', biasOf(node, 2)) };
    return layered(node, value, layer, tensors, { ...image, channels: filters });
  },

  Gemm(node) {
    const value = flatOf(node);
    const [alpha, beta] = [float(node, 'alpha', 1), float(node, 'beta', 1)];
    const weight = tensorOf(node, 1);
    if (integer(node, 'transA', 0) !== 0 || weight.shape.length !== 2)
      return refuse(node, 'multiplies no rows by a matrix');
    const bias = biasOf(node, 2);
    const rows = integer(node, 'transB', 0) ? weight : transpose(weight, [1, 0]);
    const scaled = (tensor: Tensor, factor: number) =>
      factor === 1 ? tensor : { ...tensor, data: tensor.data.map((each) => each * factor) };
    return dense(node, value, scaled(rows, alpha), bias && scaled(bias, beta));
  },

  MatMul(node) {
    const weight = tensorOf(node, 1);
    if (weight.shape.length !== 2) return refuse(node, `multiplies by [${weight.shape}]; expected a matrix`);
    return dense(node, flatOf(node), transpose(weight, [1, 0]), undefined);
  },

  BatchNormalization(node) {
    const value = settle(node, valueOf(node));
    const { form } = value;
    const isImage = 'axes' in form;
    if ((isImage ? form.axes[0] !== 'c' : form.dims[0] !== form.features) || integer(node, 'training_mode', 0))
      return refuse(node, `takes [batch, ${dimsOf(form)}]; expected channels first, and statistics that were kept`);
    if (isImage) imageOf(node, value);
    const channels = isImage ? form.channels : form.features;
    const vectors = ['weight', 'bias', 'running_mean', 'running_var'].map((suffix, i) => {
      const { data } = tensorOf(node, i + 1);
      if (data.length !== channels) refuse(node, `has ${data.length} numbers for ${channels} channels`);
      return [suffix, { shape: [channels], data: reordered(form, data) }] as const;
    });
    // Attributes are float32; what was meant has fewer digits.
    const epsilon = Number(float(node, 'epsilon', 1e-5).toPrecision(6));
    const momentum = Number((1 - Number(float(node, 'momentum', 0.9).toPrecision(7))).toPrecision(6));
    const layer: Layer = { type: 'batchNorm', name: '', epsilon, ...(momentum > 0 && { momentum }) };
    return layered(node, value, layer, Object.fromEntries(vectors), form);
  },

  MaxPool: (node) => pool(node, 'maxPool'),
  AveragePool: (node) => pool(node, 'avgPool'),
  GlobalAveragePool: (node) => globalAverage(node, true),

  GlobalMaxPool(node) {
    const value = settle(node, valueOf(node));
    const image = imageOf(node, value);
    const layer: Layer = { type: 'maxPool', size: [image.height, image.width] };
    return layered(node, value, layer, {}, { ...image, height: 1, width: 1 });
  },

  ReduceMean(node) {
    const { form } = valueOf(node);
    const rank = dimsOf(form).length + 1;
    const axes = (axesOf(node) ?? []).map((axis) => (axis < 0 ? axis + rank : axis)).sort();
    const across = 'axes' in form && axes.map((axis) => form.axes[axis - 1]).join('');
    if (across !== 'hw')
      return refuse(node, `averages over the axes [${axes}] of [batch, ${dimsOf(form)}]; expected height and width`);
    return globalAverage(node, integer(node, 'keepdims', 1) === 1);
  },
};

function globalAverage(node: Node, keeps: boolean): Value {
  const value = settle(node, valueOf(node));
  const { form } = value;
  if ('dims' in form || form.pads) return refuse(node, `takes [batch, ${dimsOf(form)}]; expected an image`);
  const { channels, axes } = form;
  const dims = keeps ? [...axes].map((axis) => (axis === 'c' ? channels : 1)) : [channels];
  return layered(node, value, { type: 'globalAvgPool' }, {}, { dims, features: channels });
}

function pool(node: Node, type: 'maxPool' | 'avgPool'): Value {
  const value = settle(node, valueOf(node));
  const { channels } = imageOf(node, value);
  const [rows, columns] = integers(node, 'kernel_shape') ?? [];
  if (!rows || !columns) return refuse(node, 'has no kernel_shape');
  const { size, stride, padding, image } = windowsOf(node, value, [rows, columns]);
  const isPadded = padding !== 0;
  if (isPadded && type === 'avgPool' && integer(node, 'count_include_pad', 0))
    return refuse(node, 'counts its padding in its averages, which handful does not');
  const pair = ([a, b]: readonly [number, number]) => (a === b ? a : ([a, b] as const));
  const layer: Layer = { type, size: pair(size), stride: pair(stride), ...(isPadded && { padding }) };
  return layered(node, value, layer, {}, { ...image, channels });
}

/** The input of a dense layer. */
function flatOf(node: Node): Value {
  const value = settle(node, valueOf(node));
  const { form } = value;
  if ('dims' in form && form.dims.length === 1) return value;
  return refuse(node, `takes [batch, ${dimsOf(form)}]; handful's dense layers take one list each`);
}

/** @param weight [out, in], by the file's order of what comes in. */
function dense(node: Node, value: Value, weight: Tensor, bias: Tensor | undefined, dims?: readonly number[]): Value {
  const [units = 0, inputs = 0] = weight.shape;
  const { form } = value;
  if ('axes' in form || form.features !== inputs)
    return refuse(node, `multiplies ${sizeOf(dimsOf(form))} features by a matrix for ${inputs}`);
  const matrix = new Float32Array(inputs * units);
  for (let input = 0; input < inputs; input++) {
    const place = form.places?.[input] ?? input;
    for (let unit = 0; unit < units; unit++) matrix[place * units + unit] = weight.data[unit * inputs + input] ?? 0;
  }
  const tensors = {
    weight: { shape: [inputs, units], data: matrix },
    ...named('bias', bias && spread(node, bias, units)),
  };
  const layer: Layer = { type: 'dense', name: '', units, bias: !!bias };
  return layered(node, value, layer, tensors, { dims: [units, ...(dims ?? []).slice(1)], features: units });
}

/** A bias of one number for all, or of rows that are one. */
function spread(node: Node, { shape, data }: Tensor, units: number): Tensor {
  if (data.length === 1) return { shape: [units], data: new Float32Array(units).fill(data[0] ?? 0) };
  return data.length === units && shape.at(-1) === units
    ? { shape: [units], data }
    : refuse(node, `adds [${shape}] to ${units} numbers`);
}

function biasOf(node: Node, at: number): Tensor | undefined {
  return optionalTensor(node, at);
}

function named(suffix: string, tensor: Tensor | undefined): Record<string, ForeignTensor> {
  return tensor ? { [suffix]: floats(tensor) } : {};
}

function floats({ shape, data }: Tensor): ForeignTensor {
  return { shape, data: Float32Array.from(data) };
}

function layered(node: Node, { wire }: Value, layer: Layer, tensors: Record<string, ForeignTensor>, form: Form): Value {
  const hints = [...node.raw.inputs.slice(1, 3), node.label];
  return { wire: append(wire, { kind: 'layer', layer, tensors, hints }, node.label), form };
}
