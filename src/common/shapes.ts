/** How many elements an array of this shape has: 1 for an empty shape, which is a single number's. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);
