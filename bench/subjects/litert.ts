// LiteRT.js: inference alone, on one thread or, by `?backend=webgpu`, on WebGPU.

import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { subject } from './clock.js';
import type { Call } from './clock.js';
import { tflite } from './tflite.js';
import { examples } from './work.js';
import type { Row } from './work.js';

const accelerator = new URLSearchParams(location.search).get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
const folder = '/bench/node_modules/@litertjs/core/wasm/';

// It loads a classic script, which a worker that is a module has to do by other means.
function importScripts(url: string): void {
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.send();
  (0, eval)(request.responseText);
}
Object.assign(globalThis, { importScripts, Module: { locateFile: (file: string) => folder + file } });
await loadLiteRt(folder);

async function prepare(row: Row): Promise<Call> {
  const { batch, spec } = row;
  const { inputs } = examples(spec, batch);
  const shape = [batch, ...spec.input];
  const model = await loadAndCompile(tflite(row), {
    accelerator,
    cpuOptions: { numThreads: 1 },
    gpuOptions: { precision: 'fp32' }, // as all subjects have it
  });
  if (!model.isFullyAccelerated) throw new Error(`LiteRT.js has not all of its operators on ${accelerator}`);
  return async () => {
    const x = new Tensor(inputs, shape);
    const [y] = await model.run([x]);
    const logits = (await y!.data()) as Float32Array;
    x.delete();
    y!.delete();
    return logits.slice();
  };
}

subject(prepare, accelerator === 'wasm' ? { threads: 1 } : {});
