// A schedule as a picture: steps from left to right, and for each buffer a bar from the step that writes it to the last
// that reads it.

/** @typedef {Awaited<ReturnType<typeof import('#internals').explainProgram>>} Program */

const TOP = 118;
const COLUMN = 26;
const ROW = 15;
/** Of passes. @type {Record<string, string>} */
const names = {
  forward: 'forward',
  loss: 'loss',
  gradient: 'gradient',
  weightGradient: 'gradient of weights',
  update: 'update',
};
const escaped = (/** @type {string} */ text) => text.replace(/[<&>]/g, (sign) => `&#${sign.codePointAt(0)};`);

/** @param {Program} program @param {string} title @returns {string} an SVG, for light and dark */
export function schedulePicture({ steps, buffers }, title) {
  const rows = buffers.filter(({ first, last }) => last - Math.max(first, 0) >= 0);
  const places = [...new Set(rows.map(({ address }) => address))];
  const LEFT = 24 + Math.max(...rows.map(({ name }) => 6.4 * name.length));
  const [width, height] = [LEFT + COLUMN * (steps.length + 1) + 12, TOP + ROW * rows.length + 34];
  const x = (/** @type {number} */ step) => LEFT + COLUMN * Math.min(Math.max(step, -0.5), steps.length);

  const heads = steps.map(({ operation, pass }, i) => {
    const label = pass === 'update' ? 'optimizer' : operation;
    return `<text class="${pass}" transform="translate(${x(i) + COLUMN / 2 + 4} ${TOP - 12}) rotate(-60)">${escaped(label)}</text>`;
  });
  const phases = steps.flatMap((step, i) =>
    i > 0 && String(step.phases) === String(steps[i - 1].phases)
      ? []
      : [`<path class="phase" d="M${x(i)} ${TOP - 6}V${height - 26}"/>`],
  );
  const bars = rows.map(({ name, first, last, bytes, address }, row) => {
    const [from, to] = [x(first), x(last) + (last < steps.length ? COLUMN : COLUMN / 2)];
    const hue = Math.round((360 * places.indexOf(address)) / places.length);
    return (
      `<text class="buffer" x="${LEFT - 18}" y="${TOP + ROW * row + 11}">${escaped(name)}</text>` +
      `<rect x="${from}" y="${TOP + ROW * row + 2}" width="${to - from}" height="${ROW - 4}" rx="3" fill="hsl(${hue} 45% 55%)">` +
      `<title>${escaped(name)}: ${Math.ceil(bytes / 1000)} kB</title></rect>`
    );
  });
  let at = LEFT;
  const legend = Object.entries(names).map(([pass, name]) => {
    const mark = `<text class="${pass}" x="${at}" y="${height - 8}">${name}</text>`;
    at += 8 * name.length + 22;
    return mark;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.max(width, at)} ${height}" role="img" font-family="system-ui, sans-serif" font-size="11">
<title>${escaped(title)}</title>
<style>
svg { background: #fffefb } text { fill: #68625a } .buffer { text-anchor: end } .phase { stroke: #dfdad0 }
.forward { fill: #17705a } .loss { fill: #8a5a00 } .gradient { fill: #b3402a } .weightGradient { fill: #7a3f9d } .update { fill: #1e1c19 }
</style>
${[...phases, ...heads, ...bars, ...legend].join('\n')}
</svg>
`;
}

/** Millions of floating-point operations of a step by pass. @param {Program} program */
export function workByPass({ steps, flops }) {
  const of = (/** @type {string} */ wanted) =>
    steps.reduce((sum, { pass, flops }) => sum + (pass === wanted ? flops / 1e6 : 0), 0);
  return { forward: of('forward'), gradient: of('gradient'), weightGradient: of('weightGradient'), all: flops / 1e6 };
}
