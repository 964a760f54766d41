/** Red, green, blue and alpha, 0 to 255; the first three are premultiplied by alpha. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** The colour of one cell; `colours` is [cells, 4]. */
export function colourAt(colours: Float32Array, cell: number): Colour {
  const i = cell * 4;
  return [colours[i] ?? 0, colours[i + 1] ?? 0, colours[i + 2] ?? 0, colours[i + 3] ?? 0];
}

/** Euclidean distance, 0 to 510. */
export function colourDistance(a: Colour, b: Colour): number {
  return Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2 + (a[3] - b[3]) ** 2);
}

/** Each channel's median over some cells; the upper one of an even number. */
export function medianColour(colours: Float32Array, cells: readonly number[]): Colour {
  const values = new Float32Array(cells.length);
  const median = (channel: number): number => {
    cells.forEach((cell, n) => (values[n] = colours[cell * 4 + channel] ?? 0));
    return values.sort()[cells.length >> 1] ?? 0;
  };
  return [median(0), median(1), median(2), median(3)];
}
