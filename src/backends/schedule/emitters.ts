import type { FusedLoss } from '../fusion.js';
import type {
  DifferentiableKind,
  Forward,
  Gradient,
  LossStep,
  MaskStep,
  Step,
  StepKind,
  SumStep,
  UpdateStep,
  WeightedKind,
  WeightGradient,
} from './steps.js';

/** How a backend writes the passes of one kind of operation; `C` is what it writes them into. */
export type OperationEmitter<K extends StepKind, C> = {
  forward(to: C, step: Forward<K>): void;
} & (K extends WeightedKind ? { weightGradient(to: C, step: WeightGradient<K>): void } : unknown) &
  (K extends DifferentiableKind ? { gradient(to: C, step: Gradient<K>): void } : unknown);

/** A backend, as far as schedules go: one entry a kind of operation. The compiler says which is missing. */
export interface Emitters<C> {
  readonly operations: { readonly [K in StepKind]: OperationEmitter<K, C> };
  readonly losses: { readonly [K in FusedLoss['kind']]: (to: C, step: LossStep) => void };
  mask(to: C, step: MaskStep): void;
  sum(to: C, step: SumStep): void;
  update(to: C, step: UpdateStep): void;
}

/** An entry that has all passes, as TypeScript sees it where the kind of a step is not known. */
type AnyEmitter<C> = { [P in 'forward' | 'weightGradient' | 'gradient']?: (to: C, step: Step) => void };

/** Writes one step. */
export function emit<C>({ operations, losses, mask, sum, update }: Emitters<C>, to: C, step: Step): void {
  switch (step.pass) {
    case 'loss':
      return losses[step.operation.kind](to, step);
    case 'mask':
      return mask(to, step);
    case 'sum':
      return sum(to, step);
    case 'update':
      return update(to, step);
    default:
      return (operations[step.operation.kind] as AnyEmitter<C>)[step.pass]?.(to, step);
  }
}
