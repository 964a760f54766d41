import type { DenseLayer, Spec } from '../types.js';

/** The same network with another number of classes. */
export function withClasses(spec: Spec, classes: number): Spec {
  return { ...spec, layers: [...spec.layers.slice(0, -1), { ...head(spec), units: classes }] };
}

/** Name of the last dense layer, which yields the logits. */
export function headName(spec: Spec): string {
  return head(spec).name;
}

/** The last layer of a spec that was checked. */
const head = (spec: Spec): DenseLayer => spec.layers.at(-1) as DenseLayer;
