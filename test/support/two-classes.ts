import { normal, random } from '../../src/common/random.js';

/** 2,000 examples of two classes: [a, a + b / 2] about a mean, with a and b normal. */
export function examples() {
  const next = random(1);
  const classes = Int32Array.from({ length: 2000 }, (_, i) => i % 2);
  const features = Float32Array.from(
    [...classes].flatMap((label) => {
      const [a, b] = [normal(next), normal(next)];
      return [5 + 3 * label + a, 5 + a + b / 2];
    }),
  );
  return { features, classes };
}
