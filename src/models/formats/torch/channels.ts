/** [C, H, W] of [H, W, C]; other shapes as they are. */
export function channelsFirst(shape: readonly number[]): readonly number[] {
  const [height = 1, width = 1, channels = 1] = shape;
  return shape.length === 3 ? [channels, height, width] : shape;
}

/** Whether flattening an image gives the same list with channels first and last. */
export function isOneList(shape: readonly number[]): boolean {
  const [height = 1, width = 1, channels = 1] = shape;
  return shape.length !== 3 || channels === 1 || height * width === 1;
}
