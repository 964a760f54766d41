import { badModel } from '../../../common/messages.js';
import type { Layer } from '../../../types.js';
import { imageOf } from './call.js';
import type { Call, Read } from './call.js';
import { checkImages, outputLengths, pair, readPadding } from './values.js';

type PoolType = 'maxPool' | 'avgPool';

/** @throws {HandfulError} `bad-model` */
export function pool(call: Call, type: PoolType): Read {
  const { config, where, shape, added, last } = call;
  const [, , channels] = imageOf(call);
  checkImages(config, where);
  const size = pair(config.pool_size ?? 2, `${where}: pool_size`);
  const stride = pair(config.strides ?? size, `${where}: strides`);
  // Where nothing is below 0, zeros are no more a maximum than handful's padding is.
  if (added && (type !== 'maxPool' || !(last && 'activation' in last && last.activation === 'relu')))
    badModel(`${where} pools the zeros of a ZeroPadding2D; handful's pools take no notice of what is padded.`);
  const padding = covers(shape, size, stride) && !added ? 0 : readPadding(config, 0, 0, added, where);
  const layer: Layer = {
    type,
    size: oneOrTwo(size),
    ...(String(stride) !== String(size) && { stride: oneOrTwo(stride) }),
    ...(padding !== 0 && { padding }),
  };
  return { layers: [layer], shape: [...outputLengths(shape, size, stride, padding), channels] };
}

/** @throws {HandfulError} `bad-model` */
export function globalPool(call: Call, type: PoolType): Read {
  const { config, where } = call;
  const [height, width, channels] = imageOf(call);
  checkImages(config, where);
  const keeps = config.keepdims === true;
  if (type === 'avgPool' && !keeps) return { layers: [{ type: 'globalAvgPool' }], shape: [channels] };
  const layer: Layer = { type, size: oneOrTwo([height, width]) };
  return keeps
    ? { layers: [layer], shape: [1, 1, channels] }
    : { layers: [layer, { type: 'flatten' }], shape: [channels] };
}

/** Whether windows side by side cover the image, so that there is nothing to pad. */
function covers(shape: readonly number[], size: readonly number[], stride: readonly number[]): boolean {
  return size.every((length, axis) => length === stride[axis] && (shape[axis] ?? 0) % length === 0);
}

function oneOrTwo([height, width]: readonly [number, number]): number | readonly [number, number] {
  return height === width ? height : [height, width];
}
