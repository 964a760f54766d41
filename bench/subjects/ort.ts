// onnxruntime-web, by either of its builds: inference alone.

import type * as Ort from 'onnxruntime-web';
import type { Call } from './clock.js';
import { onnx } from './onnx.js';
import { channelsFirst, examples } from './work.js';
import type { Row } from './work.js';

/** @param provider Where it runs. */
export function open(ort: typeof Ort, provider: 'wasm' | 'webgpu', threads: number): (row: Row) => Promise<Call> {
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = '/bench/node_modules/onnxruntime-web/dist/';
  return async (row) => {
    const { batch, spec } = row;
    const { data, shape } = channelsFirst(examples(spec, batch).inputs, spec);
    const { model, output } = onnx(row, shape);
    // 1.30.0 computes LeNet-5 wrongly in the layout that is its default and, with larger networks, the faster one.
    const layout = row.network === 'lenet5' ? 'NCHW' : 'NHWC';
    const session = await ort.InferenceSession.create(model, {
      executionProviders: [provider === 'webgpu' ? { name: provider, preferredLayout: layout } : provider],
    });
    const x = new ort.Tensor('float32', data, [batch, ...shape]);
    return async () => {
      const values = await session.run({ x });
      return values[output]!.data as Float32Array;
    };
  };
}
