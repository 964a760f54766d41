// Where a convolution or a pool puts its windows.

import type { Padding } from '../../../types.js';
import { integer, integers, refuse, text, type Node } from './nodes.js';
import { plus } from './shapes.js';
import { dimsOf, type ImageForm, type Pads, type Value } from './values.js';

type Pair = readonly [height: number, width: number];

/** An image with its channels first, as ONNX's layers take it. */
export function imageOf(node: Node, { form }: Value): ImageForm {
  if ('axes' in form && form.axes === 'chw') return form;
  return refuse(node, `takes [batch, ${dimsOf(form)}]; expected an image, channels first`);
}

/** The windows of a node over an image, and the image that they yield, still of as many channels. */
export function windowsOf(node: Node, value: Value, kernel: Pair) {
  const image = imageOf(node, value);
  const { height, width, pads: before = [0, 0, 0, 0], ...rest } = image;
  if (before.some((side) => side > 0) && node.operator !== 'Conv')
    return refuse(node, 'pools over the zeros of a Pad, which handful does not');
  if (String(integers(node, 'kernel_shape') ?? kernel) !== String(kernel))
    return refuse(node, `has the kernel_shape [${integers(node, 'kernel_shape')}] for a kernel of [${kernel}]`);
  const [down = 1, across = 1] = integers(node, 'dilations') ?? [];
  if (down !== 1 || across !== 1) return refuse(node, `has the dilations [${down}, ${across}]; handful's are 1`);
  const [rows = 1, columns = 1] = integers(node, 'strides') ?? [];
  if (rows < 1 || columns < 1) return refuse(node, `has the strides [${rows}, ${columns}]; expected 1 or more`);
  const stride = [rows, columns] as const;
  const own = plus(before, padsOf(node, [height, width], kernel, stride));
  const pads = integer(node, 'ceil_mode', 0) ? rounded(node, own, [height, width], kernel, stride) : own;
  const output = (length: number, axis: 0 | 1) =>
    Math.floor((length + (pads[2 * axis] ?? 0) + (pads[2 * axis + 1] ?? 0) - kernel[axis]) / stride[axis]) + 1;
  const yields: ImageForm = { ...rest, height: output(height, 0), width: output(width, 1) };
  if (!(yields.height > 0 && yields.width > 0))
    return refuse(node, `has a kernel of [${kernel}] for an image of ${height}x${width}`);
  const padding: Padding = pads.every((side) => side === pads[0]) ? pads[0] : pads;
  return { size: kernel, stride, padding, image: yields };
}

function padsOf(node: Node, lengths: Pair, kernel: Pair, stride: Pair): Pads {
  const auto = text(node, 'auto_pad') || 'NOTSET';
  const [top = 0, left = 0, bottom = 0, right = 0] = integers(node, 'pads') ?? [];
  if (auto === 'VALID') return [0, 0, 0, 0];
  if (auto === 'NOTSET') {
    const pads = [top, bottom, left, right] as const;
    return pads.every((side) => side >= 0) ? pads : refuse(node, `has the pads [${integers(node, 'pads')}]`);
  }
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') return refuse(node, `has the auto_pad ${auto}`);
  const [first, last] = auto === 'SAME_UPPER' ? [Math.floor, Math.ceil] : [Math.ceil, Math.floor];
  const missing = (axis: 0 | 1) =>
    Math.max((Math.ceil(lengths[axis] / stride[axis]) - 1) * stride[axis] + kernel[axis] - lengths[axis], 0) / 2;
  return [first(missing(0)), last(missing(0)), first(missing(1)), last(missing(1))];
}

/** Rows and columns that make a last window, which reaches over the edge, whole: a maximum does not mind them. */
function rounded(node: Node, pads: Pads, [height, width]: Pair, kernel: Pair, stride: Pair): Pads {
  const over = (length: number, axis: 0 | 1) => {
    const rest = (length - kernel[axis]) % stride[axis];
    return rest > 0 ? stride[axis] - rest : 0;
  };
  const more: Pads = [0, over(height + pads[0] + pads[1], 0), 0, over(width + pads[2] + pads[3], 1)];
  if (more.some((side) => side > 0) && node.operator !== 'MaxPool')
    return refuse(node, 'averages over windows that reach over the edge (ceil_mode), which handful drops');
  return plus(pads, more);
}
