/** Prepared samples with what the network should answer. */
export interface TargetedInputs {
  /** [N, ...input], standardised, flat. */
  inputs: Float32Array;
  /** [N, outputs], flat. */
  targets: Float32Array;
}
