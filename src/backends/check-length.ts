/** Keeps numbers from being written beyond what they are for. @throws If there are not just so many. */
export function checkLength(what: string, values: Float32Array, expected: number): void {
  if (values.length !== expected) throw new RangeError(`${what}: got ${values.length} numbers, expected ${expected}.`);
}
