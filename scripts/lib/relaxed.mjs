// Node 20 keeps relaxed SIMD behind a flag, and trains a fifth faster with it. Where it is on anyway, or not known, this
// changes nothing.

import v8 from 'node:v8';

v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
