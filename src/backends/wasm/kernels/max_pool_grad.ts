import { backend_util, MaxPoolGrad } from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';

/**
 * The gradient of max-pooling: each window hands its dy to the first of its greatest values. tfjs's own kernel for WASM
 * takes the first value of a window whose values are all negative, greatest or not.
 */
function maxPoolGrad({ inputs, backend: anyBackend, attrs }: Parameters<KernelFunc>[0]): TensorInfo {
  const backend = anyBackend as BackendWasm;
  const { input, dy } = inputs as { input: TensorInfo; dy: TensorInfo };
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
    filterSize: [number, number] | number;
    strides: [number, number] | number;
    pad: 'valid' | 'same' | number;
    dimRoundingMode: 'floor' | 'round' | 'ceil' | undefined;
  };
  const shape = input.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
  const dx = backend.makeOutput(input.shape, 'float32');
  const [x, gradient, result] = [input, dy, dx].map((tensor) => backend.typedArrayFromHeap(tensor));
  result!.fill(0);

  let at = 0;
  for (let n = 0; n < batchSize; n++)
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * info.strideHeight - info.padInfo.top;
      const [firstRow, lastRow] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * info.strideWidth - info.padInfo.left;
        const [firstColumn, lastColumn] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
        for (let c = 0; c < channels; c++) {
          let best = ((n * inHeight + firstRow) * inWidth + firstColumn) * channels + c;
          for (let row = firstRow; row < lastRow; row++)
            for (let column = firstColumn; column < lastColumn; column++) {
              const index = ((n * inHeight + row) * inWidth + column) * channels + c;
              if (x![index]! > x![best]!) best = index;
            }
          result![best]! += gradient![at++]!;
        }
      }
    }
  return dx;
}

export const maxPoolGradConfig: KernelConfig = {
  kernelName: MaxPoolGrad,
  backendName: 'wasm',
  kernelFunc: maxPoolGrad,
};
