import { components } from '../../../preprocess/ink/image/components.js';
import { boundingBox, maskWhere } from '../../../preprocess/ink/image/grid.js';
import { SIZE } from '../../../preprocess/ink/render/mnist.js';
import type { Prepared, RawInput } from '../../../preprocess/prepare.js';

/** A drawing of one part that is narrower by its height is one character. */
const NARROW = 0.9;

/** Pixels from here on are ink. */
const INK = 0.25;

/** Whether ink may be several characters, by a short look: it is wide, or in parts. Values were prepared elsewhere. */
export function mayBeSeveral({ kind }: RawInput, { values, blank }: Prepared): boolean {
  if (blank || kind === 'values') return false;
  const image = { width: SIZE, height: SIZE, cells: values };
  const mask = maskWhere(image, (cell) => (values[cell] ?? 0) >= INK);
  const box = boundingBox(mask);
  if (!box) return false;
  return box.right - box.left >= NARROW * (box.bottom - box.top) || components(mask).length > 1;
}
