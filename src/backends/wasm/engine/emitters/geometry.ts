import type { Conv2d } from '../../../operations.js';
import type { Geometry } from '../../geometry.js';

/** What a convolution does to an image. @param convolved Shape of its own output. */
export function geometryOf(
  { x, kernel, stride, padding }: Pick<Conv2d, 'x' | 'kernel' | 'stride' | 'padding'>,
  convolved: readonly number[],
): Geometry {
  const [height, width, inChannels] = x.shape as [number, number, number];
  const [outH, outW, outChannels] = convolved as [number, number, number];
  const [top, , left] = padding;
  return {
    ...{ height, width, inChannels, outChannels },
    ...{ kernelH: kernel, kernelW: kernel, strideH: stride, strideW: stride, top, left },
    ...{ outH, outW },
  };
}
