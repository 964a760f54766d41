import type { backend_util } from '@tensorflow/tfjs-core';
import type { Geometry } from '../../backends/wasm/geometry.js';

/** Of a convolution or pool as tfjs describes it, what our kernels take. */
export function geometryOf(info: backend_util.Conv2DInfo): Geometry {
  return {
    height: info.inHeight,
    width: info.inWidth,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    kernelH: info.filterHeight,
    kernelW: info.filterWidth,
    strideH: info.strideHeight,
    strideW: info.strideWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
    outH: info.outHeight,
    outW: info.outWidth,
  };
}
