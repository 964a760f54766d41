import { MASKED_BIAS } from '../../models/masked-classes.js';
import type { Model, Weights } from '../../models/model.js';
import { headName } from '../../models/spec.js';
import { withHead } from './head.js';

/** A model without its masked classes, which is what learns: nothing that it learns reaches them. */
export function withoutMasked(model: Model): Model {
  const { untaught, ...rest } = model;
  if (!untaught?.length) return model;
  const taught = model.labels.filter((label) => !untaught.includes(label));
  return { ...rest, ...withHead(model, taught, maskedHead(model, taught.length)) };
}

/** A model that has all of `labels`, in their order; those that it lacks are masked. */
export function withMasked(model: Model, labels: readonly string[]): Model {
  const untaught = labels.filter((label) => !model.labels.includes(label));
  if (untaught.length === 0) return model;
  return { ...model, ...withHead(model, labels, maskedHead(model, labels.length)), untaught };
}

/** A head whose classes are all masked. */
function maskedHead({ spec, labels, weights }: Model, classes: number): Weights {
  const [weight, bias] = [`${headName(spec)}.weight`, `${headName(spec)}.bias`];
  const rows = (weights.get(weight)?.data.length ?? 0) / labels.length;
  return new Map([
    [weight, { shape: [rows, classes], data: new Float32Array(rows * classes) }],
    [bias, { shape: [classes], data: new Float32Array(classes).fill(MASKED_BIAS) }],
  ]);
}
