import type { Preprocessing } from '../types.js';

type Statistics = Pick<Preprocessing, 'mean' | 'std'>;

/** Values as they come, from 0 to 255, and from -1 to 1. */
const SCALES: readonly Statistics[] = [
  { mean: [0], std: [1] },
  { mean: [0], std: [1 / 255] },
  { mean: [0.5], std: [0.5] },
];

const MNIST: Statistics = { mean: [0.1307], std: [0.3081] };
const CIFAR: Statistics = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const IMAGENET: Statistics = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/**
 * The usual ways to prepare inputs of this kind, the likeliest first; a single mean or deviation stands for all channels.
 * @param channels Of photos: 1 or 3.
 */
export function plausiblePreprocessing(kind: Preprocessing['kind'], channels: number): Preprocessing[] {
  const each = (statistics: readonly Statistics[], variants: readonly Partial<Preprocessing>[]) =>
    variants.flatMap((variant) => statistics.map((own): Preprocessing => ({ kind, ...own, ...variant })));
  const light = [{}, { invert: true }];
  if (kind === 'ink')
    return each([MNIST, ...SCALES], [...light, ...light.map((variant) => ({ ...variant, fit: false }))]);
  if (kind === 'none') return each(SCALES, [{}]);
  if (channels === 1) return each([...SCALES, MNIST], light);
  const reversed = ({ mean, std }: Statistics): Statistics => ({ mean: [...mean].reverse(), std: [...std].reverse() });
  return [
    ...each([CIFAR, IMAGENET, ...SCALES], [{}]),
    ...each([CIFAR, IMAGENET].map(reversed).concat(SCALES), [{ order: 'bgr' }]),
  ];
}
