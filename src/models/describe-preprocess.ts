import type { Preprocessing } from '../types.js';

/** In a sentence's words. */
export function describePreprocess({ kind, mean, std, invert, fit = true, order }: Preprocessing): string {
  const round = (value: number) => Number(value.toPrecision(4));
  const of = (values: readonly number[]) => [...new Set(values.map(round))].join(', ');
  const what = {
    ink: `${invert ? 'dark ink on light' : 'bright ink on dark'}${fit ? ', fitted as in MNIST' : ', at its own size'}`,
    photo: `the whole picture${invert ? ', light and dark changed' : ''}${order === 'bgr' ? ', blue first' : ''}`,
    none: 'numbers as they come',
  }[kind];
  return `${what}, less the mean ${of(mean)}, divided by ${of(std)}`;
}
