// onnxruntime-web on its WASM backend: inference alone. One thread, or all where the page is cross-origin isolated.

import * as ort from 'onnxruntime-web/wasm';
import { subject } from './clock.js';
import type { Call } from './clock.js';
import { onnx } from './onnx.js';
import { channelsFirst, examples } from './work.js';
import type { Row } from './work.js';

const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1;
ort.env.wasm.numThreads = threads;
ort.env.wasm.wasmPaths = '/bench/node_modules/onnxruntime-web/dist/';

async function prepare(row: Row): Promise<Call> {
  const { batch, spec } = row;
  const { data, shape } = channelsFirst(examples(spec, batch).inputs, spec);
  const { model, output } = onnx(row, shape);
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const x = new ort.Tensor('float32', data, [batch, ...shape]);
  return async () => {
    const values = await session.run({ x });
    return values[output]!.data as Float32Array;
  };
}

subject(prepare, { threads });
