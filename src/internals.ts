// What the project's own scripts need beyond the public API; not part of the package.

export { explainProgram } from './backends/wasm/engine/explain.js';
export { openWasm } from './backends/wasm/open.js';
export { distance, isFamiliar, judged, normalised } from './models/ood-detector.js';
export { infer } from './models/inference.js';
export { initialise } from './models/initialise.js';
export { decodeModel, encodeModel } from './models/files/model-file.js';
export { Network } from './models/network.js';
export { defaultPreprocess } from './models/preprocessing.js';
export { normal, random } from './common/random.js';
export { standardise } from './preprocess/prepare.js';
export { inkFromStrokes } from './preprocess/ink/strokes.js';
export { lower } from './models/lowering/lower.js';
export { countParameters, plan } from './models/spec.js';
export { lenet5, miniVgg, mlp, resnet, resnet9 } from './models/zoo.js';
export { createAugment } from './training/augment.js';
export { remember } from './training/memory.js';
export { evaluation, score } from './training/metrics.js';
export { calibrationError, fitTemperature } from './training/temperature.js';
export { train } from './training/trainer.js';
export type { Device } from './backends/device.js';
export type { Model, WeightArray, Weights } from './models/model.js';
export type { Familiarity } from './models/ood-detector.js';
export type { Dataset } from './training/dataset.js';
export type { TrainOptions } from './training/trainer.js';
