import { make } from './dom.js';
import { say as words } from './say.js';

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {{ name: string, values: number[] }} Line from epoch 1 on */

/**
 * A line chart of figures per epoch.
 * @param {{ title: string, low: (values: number[]) => number, high: (values: number[]) => number,
 *   say: (value: number) => string }} look The ends of the axis for given values, and a value in words.
 * @returns {{ element: HTMLElement, show(lines: Line[], epochs: number): void }} The first line is drawn dashed, the
 *   second solid.
 */
export function createCurve({ title, low, high, say }) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 100 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  const top = make('span');
  const bottom = make('span');
  const count = make('span');
  const key = make('ul', { className: 'key' });
  const element = make(
    'figure',
    { className: 'curve' },
    make('figcaption', {}, make('b', { textContent: title }), key),
    make('div', { className: 'plot', dir: 'ltr' }, make('div', { className: 'axis soft' }, top, bottom), svg),
    make(
      'div',
      { className: 'epochs soft', dir: 'ltr' },
      make('span', { textContent: words.teach.epoch({ n: 1 }) }),
      count,
    ),
  );

  /** @param {Line[]} lines @param {number} epochs */
  function show(lines, epochs) {
    const drawn = lines.filter(({ values }) => values.length > 0);
    const all = drawn.flatMap(({ values }) => values);
    const [from, to] = [low(all), high(all)];
    const x = (/** @type {number} */ i) => (epochs > 1 ? (100 * i) / (epochs - 1) : 50);
    const y = (/** @type {number} */ value) => 100 - (100 * (value - from)) / (to - from || 1);
    svg.replaceChildren(
      ...drawn.map(({ values }, i) => {
        const path = document.createElementNS(SVG, 'path');
        const points = values.map((value, epoch) => `${x(epoch).toFixed(2)} ${y(value).toFixed(2)}`);
        path.setAttribute('d', `M${points.join('L')}${points.length === 1 ? 'h.01' : ''}`);
        path.setAttribute('class', `line-${i}`);
        return path;
      }),
    );
    [top.textContent, bottom.textContent, count.textContent] = [say(to), say(from), words.teach.epoch({ n: epochs })];
    key.replaceChildren(
      ...drawn.map(({ name, values }, i) =>
        make('li', { className: `line-${i}` }, `${name} `, make('b', { textContent: say(last(values)) })),
      ),
    );
    const told = drawn.map(({ name, values }) =>
      words.teach.line({ name, from: say(values[0]), to: say(last(values)) }),
    );
    const n = drawn[0]?.values.length ?? 0;
    svg.setAttribute('aria-label', words.teach.curve({ title, n, lines: told.join('; ') }));
  }

  return { element, show };
}

/** @param {number[]} values */
const last = (values) => values[values.length - 1];
