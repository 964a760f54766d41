// Small charts as SVG, black and coloured lines on white, without any library.

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [320, 200, 44, 24, 24];
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#8250df'];

/**
 * @typedef {[x: number, y: number]} Point
 *
 * @typedef {object} Line
 * @property {string} name
 * @property {Point[]} points from left to right
 *
 * @typedef {object} Panel
 * @property {string} title
 * @property {Line[]} lines
 * @property {[number, number]} [range] of y; default: what the points need
 * @property {string[]} [places] what to write at x = 0, 1, …; default: the numbers
 */

/** Panels side by side; lines of one name have one colour. @param {Panel[]} panels @returns {string} */
export function chart(panels) {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const colour = (/** @type {string} */ name) => COLOURS[names.indexOf(name)];
  const body = panels
    .map((panel, i) => `<g transform="translate(${i * WIDTH} 0)">${panelOf(panel, colour)}</g>`)
    .join('\n');
  return svg(WIDTH * panels.length, HEIGHT, `<g font-family="sans-serif" font-size="11" fill="#333">\n${body}\n</g>`);
}

/** @param {Panel} panel @param {(name: string) => string} colour */
function panelOf({ title, lines, range, places: names }, colour) {
  const xs = lines.flatMap(({ points }) => points.map(([x]) => x));
  const ys = lines.flatMap(({ points }) => points.map(([, y]) => y));
  const [left, right] = spread(Math.min(...xs), Math.max(...xs));
  const [low, high] = spread(...(range ?? [Math.min(...ys), Math.max(...ys)]));
  const x = (/** @type {number} */ value) => LEFT + ((value - left) / (right - left)) * (WIDTH - LEFT - 12);
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
  const grid = ticks(low, high).map(
    (tick) =>
      `<path d="M${LEFT} ${round(y(tick))}H${WIDTH - 12}" stroke="#ddd"/>` +
      `<text x="${LEFT - 5}" y="${round(y(tick) + 4)}" text-anchor="end">${label(tick)}</text>`,
  );
  const places = (names?.map((_, i) => i) ?? ticks(left, right)).map(
    (tick) =>
      `<text x="${round(x(tick))}" y="${HEIGHT - 8}" text-anchor="middle">${names?.[tick] ?? label(tick)}</text>`,
  );
  const drawn = lines.map(({ name, points }) => {
    const path = points.map(([px, py]) => `${round(x(px))} ${round(y(py))}`).join('L');
    return points.length === 1
      ? `<circle cx="${round(x(points[0][0]))}" cy="${round(y(points[0][1]))}" r="3" fill="${colour(name)}"/>`
      : `<path d="M${path}" fill="none" stroke="${colour(name)}" stroke-width="1.5"/>`;
  });
  const key = lines.map(({ name }) => `<tspan dx="10" fill="${colour(name)}">${escape(name)}</tspan>`).join('');
  const heading = `<text x="${LEFT}" y="15"><tspan font-weight="bold">${escape(title)}</tspan>${key}</text>`;
  return [heading, ...grid, ...places, ...drawn].join('\n');
}

/**
 * What a network answers all over a plane, with the examples on it.
 *
 * @param {object} surface
 * @param {Float32Array} surface.probabilities of class 1, [side, side], from the bottom row up
 * @param {number} surface.side
 * @param {[number, number]} surface.range of both axes
 * @param {ArrayLike<number>} surface.points [N, 2]
 * @param {ArrayLike<number>} surface.classes [N], 0 or 1
 */
export function decisionSurface({ probabilities, side, range: [low, high], points, classes }) {
  const size = 240;
  const cell = size / side;
  const cells = [];
  for (let row = 0; row < side; row++) {
    // Neighbours of one colour are one rectangle.
    for (let from = 0, to; from < side; from = to) {
      const shade = (/** @type {number} */ at) => Math.round(probabilities[row * side + at] * 8);
      for (to = from + 1; to < side && shade(to) === shade(from); to++);
      const [x, y] = [round(from * cell), round(size - (row + 1) * cell)];
      const outline = `M${x} ${y}h${round((to - from) * cell)}v${round(cell)}h${round((from - to) * cell)}z`;
      cells.push(`<path d="${outline}" fill="${mix(shade(from) / 8)}"/>`);
    }
  }
  const place = (/** @type {number} */ value) => ((value - low) / (high - low)) * size;
  const dots = Array.from(classes, (one, i) => {
    const [x, y] = [round(place(points[2 * i])), round(size - place(points[2 * i + 1]))];
    return `<circle cx="${x}" cy="${y}" r="2.2" fill="${COLOURS[one]}" stroke="#fff" stroke-width=".5"/>`;
  });
  return svg(size, size, `<g shape-rendering="crispEdges">${cells.join('')}</g>\n${dots.join('')}`);
}

/** Between the two classes' colours, pale. @param {number} share of class 1 */
function mix(share) {
  /** @param {number} one @param {number} two */
  const channel = (one, two) => Math.round(one + (two - one) * share);
  return `rgb(${channel(170, 245)},${channel(200, 175)},${channel(248, 180)})`;
}

/** Two to six round numbers between two. @param {number} low @param {number} high */
export function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((factor) => factor * power).find((one) => one >= rough) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

/** @param {number} low @param {number} high */
const spread = (low, high) => (high > low ? [low, high] : [low - 0.5, low + 0.5]);
const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
const label = (/** @type {number} */ value) => String(Number(value.toPrecision(4)));
const escape = (/** @type {string} */ text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
/** @param {number} width @param {number} height @param {string} body */
const svg = (width, height, body) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
  `<rect width="100%" height="100%" fill="#fff"/>\n${body}\n</svg>\n`;
