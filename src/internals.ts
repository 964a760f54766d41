// What the project's own scripts need beyond the public API; not part of the package.

export { explainProgram } from './backends/wasm/engine/explain.js';
export { explainDispatches } from './backends/webgpu/engine/explain.js';
export { openWasm } from './backends/wasm/open.js';
export { distance, isInDistribution, normalised, oodScore } from './models/ood-detector.js';
export { infer } from './models/inference.js';
export { initialise } from './models/initialise.js';
export { decodeModel, encodeModel } from './models/files/model-file.js';
export { Network } from './models/network.js';
export { defaultPreprocess } from './models/preprocessing.js';
export { normal, random } from './common/random.js';
export { sizeOf } from './common/shapes.js';
export { standardise } from './preprocess/standardise.js';
export { inkFromStrokes } from './preprocess/ink/from-strokes.js';
export { countParameters, lower } from './models/lowering/lower.js';
export { lenet5, miniVgg, mlp, resnet, resnet9 } from './models/zoo.js';
export { createAugment } from './training/augment/create.js';
export { classStatistics } from './training/classes/class-statistics.js';
export { subset } from './training/loop/dataset.js';
export { evaluation, score } from './training/loop/metrics.js';
export { calibrationError, fitTemperature } from './training/confidence/temperature.js';
export { OPTIMIZERS, REGIMES } from './training/plans/regimes.js';
export { train } from './training/loop/trainer.js';
export type { Device } from './backends/device.js';
export type { Model, WeightArray, Weights } from './models/model.js';
export type { OodDetector } from './models/ood-detector.js';
export type { Dataset } from './training/loop/dataset.js';
export type { TrainOptions } from './training/loop/train-options.js';
