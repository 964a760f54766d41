/** The normal equations of a weighted linear least squares fit of several outputs to the same terms. */
export class NormalEquations {
  /** The symmetric matrix [terms, terms] and beside it the right-hand sides [terms, outputs]. */
  readonly #rows: Float64Array[];

  constructor(terms: number, outputs: number) {
    this.#rows = Array.from({ length: terms }, () => new Float64Array(terms + outputs));
  }

  /** @param sample Values of the terms and then of the outputs. */
  add(sample: readonly number[], weight: number): void {
    for (const [term, row] of this.#rows.entries()) addScaled(row, weight * (sample[term] ?? 0), sample);
  }

  /** Adds a share of the first term's weight to the other terms', so that terms the samples leave open come out as 0. */
  regularise(share: number): void {
    const weight = this.#rows[0]?.[0] ?? 0;
    for (const [term, row] of this.#rows.entries()) if (term > 0) row[term] = (row[term] ?? 0) + share * weight;
  }

  /**
   * Solves them by elimination (Gauss and Jordan), for which the matrix has to be positive definite.
   * @returns The terms' coefficients for each output.
   */
  solve(): number[][] {
    const rows = this.#rows;
    for (const [pivot, pivotRow] of rows.entries())
      for (const row of rows)
        if (row !== pivotRow) addScaled(row, -(row[pivot] ?? 0) / (pivotRow[pivot] ?? 0), pivotRow, pivot);
    const outputs = (rows[0]?.length ?? 0) - rows.length;
    return Array.from({ length: outputs }, (_, output) =>
      rows.map((row, term) => (row[rows.length + output] ?? 0) / (row[term] ?? 0)),
    );
  }
}

/** row += factor · other, from one column on. */
function addScaled(row: Float64Array, factor: number, other: ArrayLike<number>, from = 0): void {
  for (let i = from; i < row.length; i++) row[i] = (row[i] ?? 0) + factor * (other[i] ?? 0);
}
