/** The smallest box around something. In a mask, `right` and `bottom` are the first cells outside. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Around some boxes; points are boxes of no size. Around none it is inside out. */
export function around(boxes: readonly Box[]): Box {
  const all = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { left, top, right, bottom } of boxes) {
    all.left = Math.min(all.left, left);
    all.top = Math.min(all.top, top);
    all.right = Math.max(all.right, right);
    all.bottom = Math.max(all.bottom, bottom);
  }
  return all;
}

export const longerSide = ({ left, top, right, bottom }: Box): number => Math.max(right - left, bottom - top);
