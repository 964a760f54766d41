// What tests for browsers find there, for those that run in Node on Dawn: mocha's functions, WebGPU, files by `fetch`.
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shortWgsl } from '../build/wgsl.mjs';

const { create, globals } = await import(process.env.HANDFUL_WEBGPU ?? 'webgpu');
const gpu = create([]);
if (!(await gpu.requestAdapter())) throw new Error('Dawn finds no GPU here, nor one in software.');

const { fetch } = globalThis;
Object.assign(globalThis, globals, { after, afterEach, before, beforeEach, describe, it });
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'Node' }, configurable: true });
globalThis.fetch = /** @type {typeof fetch} */ (
  async (address, options) => {
    const url = String(address);
    return url.startsWith('file:') ? new Response(await readFile(fileURLToPath(url))) : fetch(address, options);
  }
);

// Shaders as they are in dist/.
const { createShaderModule } = GPUDevice.prototype;
GPUDevice.prototype.createShaderModule = function (/** @type {GPUShaderModuleDescriptor} */ descriptor) {
  return createShaderModule.call(this, { ...descriptor, code: shortWgsl(descriptor.code) });
};
