// Drawings and their answers as one SVG that moves by itself, in light and dark, and stands still for who prefers that.

/** @typedef {{ strokes: number[][][], label: string | null, confidence: number }} Scene */

const PAD = 220;
const TURN = 2.4; // seconds of a scene
const LESSON = 0.8; // and of one drawing of a lesson

/**
 * @param {{ scenes: Scene[], unknown: Scene, lessons: { strokes: number[][][] }[], name: string, known: Scene }} story
 * @returns {string} an SVG
 */
export function movingPicture({ scenes, unknown, lessons, name, known }) {
  const taught = lessons.length * LESSON + 0.8;
  const total = (scenes.length + 2) * TURN + taught;
  /** @type {string[]} */
  const rules = [];
  /** What is seen from one second to another. @param {number} from @param {number} to @param {string} [frames] */
  const during = (from, to, frames = '') => {
    const at = (/** @type {number} */ time) => `${((100 * time) / total).toFixed(2)}%`;
    const id = `a${rules.length}`;
    rules.push(
      `@keyframes ${id} { 0%, ${at(from)} { opacity: 0${frames && '; stroke-dashoffset: 1'} } ` +
        `${at(from + 0.01)} { opacity: 1${frames && '; stroke-dashoffset: 1'} } ` +
        (frames && `${at(Number(frames))} { stroke-dashoffset: 0 } `) +
        `${at(to - 0.15)} { opacity: 1${frames && '; stroke-dashoffset: 0'} } ${at(to)}, 100% { opacity: 0${frames && '; stroke-dashoffset: 0'} } }`,
    );
    return `style="animation: ${id} ${total}s linear infinite"`;
  };

  /** Strokes that are drawn one after another. */
  const drawn = (
    /** @type {number[][][]} */ strokes,
    /** @type {Box} */ box,
    /** @type {Span} */ { from, until, to },
  ) => {
    const paths = fitted(strokes, box);
    const lengths = paths.map((path) => path.length);
    const whole = lengths.reduce((sum, length) => sum + length, 0);
    let start = from;
    return paths
      .map((path, i) => {
        const end = start + ((until - from) * lengths[i]) / whole;
        const tag = `<path class="ink" pathLength="1" d="${path.d}" ${during(start, to, String(end))}/>`;
        start = end;
        return tag;
      })
      .join('\n');
  };

  const pad = { x: 20, y: 20, side: PAD };
  const verdict = (
    /** @type {Scene} */ { label, confidence },
    /** @type {number} */ from,
    /** @type {number} */ to,
    still = false,
  ) =>
    `<g ${still ? 'class="still"' : ''} ${during(from, to)}><text class="label" x="370" y="140">${label ?? '?'}</text>` +
    `<text class="soft" x="370" y="185">${label === null ? 'like nothing I know' : `${Math.floor(100 * confidence)} % sure`}</text></g>`;

  const parts = [];
  let now = 0;
  for (const scene of [...scenes, unknown]) {
    parts.push(drawn(scene.strokes, pad, { from: now + 0.1, until: now + 1, to: now + TURN }));
    parts.push(verdict(scene, now + 1.05, now + TURN));
    now += TURN;
  }
  const side = 66;
  for (const [i, { strokes }] of lessons.entries()) {
    const box = { x: 270 + (i % 3) * (side + 6), y: 36 + Math.floor(i / 3) * (side + 6), side };
    const from = now + i * LESSON;
    parts.push(drawn(strokes, pad, { from, until: from + LESSON - 0.25, to: from + LESSON }));
    parts.push(`<g ${during(from + LESSON - 0.2, now + taught)}>${small(strokes, box)}</g>`);
  }
  parts.push(`<text class="soft" x="370" y="215" ${during(now, now + taught)}>this is a ${name}</text>`);
  now += taught;
  parts.push(drawn(known.strokes, pad, { from: now + 0.1, until: now + 1, to: now + TURN }));
  parts.push(verdict(known, now + 1.05, now + TURN, true));
  parts.push(`<g class="still" style="opacity: 0">${small(known.strokes, pad)}</g>`);

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 260" role="img" font-family="system-ui, sans-serif">
<title>Drawn digits are read; a letter that is not known is shown five times, and is read from then on</title>
<style>
svg { --paper: #f7f5f0; --card: #fffefb; --ink: #1e1c19; --soft: #68625a; --line: #dfdad0; --accent: #17705a }
@media (prefers-color-scheme: dark) {
  svg { --paper: #171614; --card: #201e1b; --ink: #f0ede6; --soft: #a8a196; --line: #38342e; --accent: #6fcbb0 }
}
.ink { fill: none; stroke: var(--ink); stroke-width: 9; stroke-linecap: round; stroke-linejoin: round; stroke-dasharray: 1; opacity: 0 }
.small { fill: none; stroke: var(--accent); stroke-width: 4; stroke-linecap: round; stroke-linejoin: round }
text { text-anchor: middle } .label { font-size: 110px; font-weight: 300; fill: var(--ink) } .soft { font-size: 19px; fill: var(--soft) }
g, text { opacity: 1 } [style] { opacity: 0 }
@media (prefers-reduced-motion: reduce) { [style] { animation: none !important } .still { opacity: 1 !important } }
${rules.join('\n')}
</style>
<rect width="500" height="260" rx="14" fill="var(--paper)"/>
<rect x="20" y="20" width="${PAD}" height="${PAD}" rx="12" fill="var(--card)" stroke="var(--line)"/>
${parts.join('\n')}
</svg>
`;
}

/** @typedef {{ x: number, y: number, side: number }} Box @typedef {{ from: number, until: number, to: number }} Span */

const small = (/** @type {number[][][]} */ strokes, /** @type {Box} */ box) =>
  fitted(strokes, box)
    .map(({ d }) => `<path class="small" d="${d}"/>`)
    .join('');

/** Strokes as paths in the middle of a box, with their lengths. @param {number[][][]} strokes @param {Box} box */
function fitted(strokes, { x, y, side }) {
  const points = strokes.flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = (0.62 * side) / Math.max(width, height);
  const place = (/** @type {number[]} */ [u, v]) => [
    x + side / 2 + (u - left - width / 2) * scale,
    y + side / 2 + (v - top - height / 2) * scale,
  ];
  return strokes.map((stroke) => {
    const placed = stroke.map(place);
    const length = placed.slice(1).reduce((sum, [u, v], i) => sum + Math.hypot(u - placed[i][0], v - placed[i][1]), 1);
    return { d: `M${placed.map((point) => point.map((value) => value.toFixed(1)).join(' ')).join('L')}`, length };
  });
}
