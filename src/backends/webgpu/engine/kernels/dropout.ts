import { elementwise } from './elementwise.js';

/** The hash of ../../../dropout.ts, so that masks are the same on all devices. */
const HASH = `
fn hash(x: u32) -> u32 {
  var bits = (x ^ (x >> 16u)) * 0x7feb352du;
  bits = (bits ^ (bits >> 15u)) * 0x846ca68bu;
  return bits ^ (bits >> 16u);
}
`;

/** y = x · scale where the hash of the value's place is `threshold` or more, else 0; masked by a ReLU, in the gradient. */
export const dropout = elementwise(
  'dropout',
  { x: 'read', mask: 'read', y: 'write', scale: 'f32', site: 'u32', threshold: 'u32' },
  `let isKept = hash(hash(now.key + a.site) + i) >= a.threshold;
    A[a.y + i] = masked(select(0f, A[a.x + i] * a.scale, isKept), a.mask, i);`,
  [HASH],
);
