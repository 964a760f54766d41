// onnxruntime-web on its WASM backend. One thread, or all where the page is cross-origin isolated.

import * as ort from 'onnxruntime-web/wasm';
import { subject } from './clock.js';
import { open } from './ort.js';

const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1;
subject(open(ort, 'wasm', threads), { threads });
