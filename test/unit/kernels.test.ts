// The kernels' browser tests once more in Node, whose engine has SIMD but no relaxed SIMD.

import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

Object.assign(globalThis, { after, afterEach, before, beforeEach, describe, it });

await import('../browser/kernels-matmul.test.js');
await import('../browser/kernels-conv2d.test.js');
await import('../browser/kernels-layers.test.js');
await import('../browser/kernels.test.js');
