/**
 * handful: teach a neural network with a handful of examples, in the browser, on the user's own device.
 * @module handful
 */

export { load, create } from './load.js';
export type { LoadSource } from './load.js';
export type { Classifier } from './classifier.js';
export type { Regressor } from './regressor.js';
export { saved, forget } from './saved.js';
export { pretrained } from '../models/pretrained-ids.js';
export { lenet5, miniVgg, mlp, resnet, resnet9 } from '../models/zoo.js';
export type { ImageNetOptions, LeNetOptions } from '../models/zoo.js';
export { HandfulError } from '../errors.js';
export type { HandfulErrorCode } from '../errors.js';
export type {
  Activation,
  ActivationLayer,
  AddLayer,
  AugmentOptions,
  BackendInfo,
  BackendName,
  BackendUse,
  BatchNormLayer,
  CallOptions,
  Conv2dLayer,
  CreateOptions,
  DenseLayer,
  DepthwiseConv2dLayer,
  DropoutLayer,
  EpochRecord,
  ExportFormat,
  ExportOptions,
  Evaluation,
  FineTuneOptions,
  FineTuneReport,
  FlattenLayer,
  GlobalAvgPoolLayer,
  InkStrengths,
  Input,
  Layer,
  LoadOptions,
  LongCallOptions,
  LossName,
  OptimizerName,
  Padding,
  PhotoStrengths,
  Pixels,
  Point,
  PoolLayer,
  Prediction,
  PredictOptions,
  PreparedImage,
  Preprocessing,
  Progress,
  ReadCharacter,
  Reading,
  ReadOptions,
  RegressionCreateOptions,
  RegressionPrediction,
  RegressionEpoch,
  RegressionEvaluation,
  RegressionFineTuneOptions,
  RegressionReport,
  RegressionSample,
  RegressionScore,
  RegressionPredictOptions,
  RegressionLoadOptions,
  ResidualLayer,
  Sample,
  SampleWarning,
  ScheduleName,
  Score,
  Spec,
  Stroke,
  Strokes,
  Values,
  WebGpuBuffer,
  WebGpuDevice,
} from '../types.js';
