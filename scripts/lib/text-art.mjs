const SHADES = ' .:-=+*#%@';
const HALVES = [' ', '▄', '▀', '█']; // by 2 * upper + lower

/** Mean darkness above which half a character is filled; low, so that thin strokes survive being made small. */
const INK = 0.25;
/**
 * Whether a terminal shows more than ASCII, judged by its locale.
 *
 * @param {Record<string, string | undefined>} [env]
 * @param {string} [platform]
 */
export function showsUnicode(env = process.env, platform = process.platform) {
  if (platform === 'win32') return Boolean(env.WT_SESSION);
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}

/**
 * A square picture as lines of text, ink in the terminal's own text colour, so that it reads on dark and on light:
 * half blocks, or shades of ASCII.
 *
 * @param {ArrayLike<number>} image row by row; bytes if it is a byte array, else 0 to 1; 1 is ink
 * @param {{ width?: number, unicode?: boolean }} [options] `width` in characters; lines are half as many
 * @returns {string}
 * @throws {Error} if the picture is not square
 */
export function textArt(image, { width = 28, unicode = showsUnicode() } = {}) {
  const side = Math.sqrt(image.length);
  if (!Number.isInteger(side) || side < 1) throw new Error(`${image.length} values are not a square picture`);
  const scale = image instanceof Uint8Array || image instanceof Uint8ClampedArray ? 1 / 255 : 1;

  const cell = side / width;
  /**
   * Mean over an area, in pixels.
   *
   * @param {number} left @param {number} top @param {number} right @param {number} bottom
   */
  const mean = (left, top, right, bottom) => {
    let [sum, area] = [0, 0];
    for (let y = Math.floor(top); y < Math.min(bottom, side); y++) {
      const high = Math.min(y + 1, bottom) - Math.max(y, top);
      for (let x = Math.floor(left); x < Math.min(right, side); x++) {
        const share = high * (Math.min(x + 1, right) - Math.max(x, left));
        sum += share * image[y * side + x];
        area += share;
      }
    }
    return area > 0 ? (sum / area) * scale : 0;
  };

  const lines = [];
  for (let y = 0; y < Math.ceil(width / 2); y++) {
    let line = '';
    for (let x = 0; x < width; x++) {
      const [left, top, right] = [x * cell, 2 * y * cell, (x + 1) * cell];
      const [upper, lower] = [mean(left, top, right, top + cell), mean(left, top + cell, right, top + 2 * cell)];
      if (unicode) line += HALVES[2 * Number(upper > INK) + Number(lower > INK)];
      else line += SHADES[Math.round(clamp((upper + lower) / 2) * (SHADES.length - 1))];
    }
    lines.push(line);
  }
  return lines.join('\n');
}

/**
 * Blocks of text next to each other, each with its caption centred below; those too wide for a line go to the next.
 *
 * @param {{ art: string, caption?: string }[]} blocks
 * @param {{ columns?: number, gap?: number }} [options] the terminal's width, and spaces between blocks
 * @returns {string}
 */
export function beside(blocks, { columns = process.stdout.columns || 80, gap = 2 } = {}) {
  /** @type {{ lines: string[], width: number }[][]} */
  const rows = [[]];
  let used = 0;
  for (const { art, caption = '' } of blocks) {
    const lines = art.split('\n');
    const width = Math.max(caption.length, ...lines.map((line) => line.length));
    if (used > 0 && used + gap + width > columns) {
      rows.push([]);
      used = 0;
    }
    used += width + (used > 0 ? gap : 0);
    rows[rows.length - 1].push({ lines: caption ? [...lines, centred(caption, width)] : lines, width });
  }
  return rows.map((row) => joined(row, gap)).join('\n\n');
}

/**
 * A bar that is drawn again in place on a terminal, and a line at every tenth where output goes to a file.
 *
 * @param {string} title
 * @param {{ stream?: { write(text: string): unknown, isTTY?: boolean, columns?: number }, unicode?: boolean }} [options]
 * @returns {{ update(fraction: number, note?: string): void, done(note?: string): void }} `note` follows the bar
 */
export function progressBar(title, { stream = process.stderr, unicode = showsUnicode() } = {}) {
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  const cells = 24;
  let tenths = -1;
  let lastLine = '';

  /** @param {number} fraction @param {string} note */
  const draw = (fraction, note) => {
    const filled = Math.round(clamp(fraction) * cells);
    const bar = full.repeat(filled) + empty.repeat(cells - filled);
    const percent = `${Math.floor(clamp(fraction) * 100)}%`.padStart(4);
    const line = `${title} ${bar} ${percent}${note && `  ${note}`}`;
    if (stream.isTTY) {
      stream.write(`\r${line.slice(0, (stream.columns || 80) - 1)}\x1b[K`); // erase what a longer line left
    } else if (Math.floor(clamp(fraction) * 10) > tenths) {
      tenths = Math.floor(clamp(fraction) * 10);
      stream.write(`${line}\n`);
      lastLine = line;
    } else if (fraction === 1 && line !== lastLine) {
      stream.write(`${line}\n`);
    }
  };
  return {
    update: (fraction, note = '') => draw(fraction, note),
    done(note = '') {
      draw(1, note);
      if (stream.isTTY) stream.write('\n');
    },
  };
}

/** @param {{ lines: string[], width: number }[]} row @param {number} gap */
function joined(row, gap) {
  const height = Math.max(0, ...row.map(({ lines }) => lines.length));
  const line = (/** @type {number} */ y) => row.map(({ lines, width }) => (lines[y] ?? '').padEnd(width));
  return Array.from({ length: height }, (_, y) => line(y).join(' '.repeat(gap)).trimEnd()).join('\n');
}

/** @param {string} text @param {number} width */
function centred(text, width) {
  return text.padStart(Math.floor((width + text.length) / 2));
}

/** Into 0 to 1; NaN is 0. @param {number} value */
function clamp(value) {
  return Math.min(Math.max(value || 0, 0), 1);
}
