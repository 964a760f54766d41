// npm run test:dawn [-- part of a file's name …]
// Networks, gradients, optimizers and the trainer on the WebGPU engine in Node, on Dawn: test/dawn at real sizes, and those
// of test/browser that need no page. Dawn is the package `webgpu`: installed, or where HANDFUL_WEBGPU says. The GPU is what
// Vulkan, Metal or Direct3D offers; Mesa's lavapipe does without hardware.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleForNode } from './bundle.mjs';
import { runInNode } from './node.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const FILES = [
  'dawn/real-sizes',
  'browser/network',
  'browser/gradients',
  'browser/optimizers',
  'browser/trainer',
  'browser/trainer-loss',
  'browser/regression',
  'browser/webgpu-counts',
];

const dawn = find();
if (!dawn) {
  console.error(
    'Dawn for Node is not installed. Install the package `webgpu` in any folder, and say where it is:\n' +
      '  HANDFUL_WEBGPU=/folder/node_modules/webgpu npm run test:dawn',
  );
  process.exit(1);
}
const filters = process.argv.slice(2);
const chosen = FILES.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
const bundles = await bundleForNode(
  chosen.map((file) => `test/${file}.test.ts`),
  '.cache/test/dawn',
);
const preload = new URL('dawn-globals.mjs', import.meta.url).href;
const { passed, failed } = await runInNode(bundles, {
  name: 'dawn',
  concurrency: 1,
  env: { HANDFUL_WEBGPU: dawn, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${preload}` },
});
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

/** @returns {string | undefined} the address of Dawn's module */
function find() {
  const folder = process.env.HANDFUL_WEBGPU;
  try {
    const path = folder === undefined ? 'webgpu' : join(folder, 'index.js');
    if (folder !== undefined && !existsSync(path)) return undefined;
    return pathToFileURL(createRequire(import.meta.url).resolve(path)).href;
  } catch {
    return undefined;
  }
}
