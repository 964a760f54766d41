// Ink of no meaning: scribbles, zigzags, lines between random points.

/** One to three strokes that wander with a changing curvature. @param {() => number} next */
export function scribble(next) {
  return Array.from({ length: 1 + Math.floor(next() * 3) }, () => {
    let [x, y, angle, turn] = [next(), next(), 2 * Math.PI * next(), next() - 0.5];
    const wild = 0.4 + next();
    const points = [[x, y]];
    const length = 25 + Math.floor(next() * 65);
    for (let i = 0; i < length; i++) {
      turn = 0.85 * turn + wild * (next() - 0.5);
      angle += 0.6 * turn;
      if (x < 0 || x > 1) angle = x < 0 === Math.cos(angle) < 0 ? Math.PI - angle : angle; // back into the square
      if (y < 0 || y > 1) angle = y < 0 === Math.sin(angle) < 0 ? -angle : angle;
      points.push([(x += 0.05 * Math.cos(angle)), (y += 0.05 * Math.sin(angle))]);
    }
    return points;
  });
}

/** To and fro, across or down. @param {() => number} next */
export function zigzag(next) {
  const turns = 5 + Math.floor(next() * 8);
  const down = next() < 0.5;
  const points = Array.from({ length: turns }, (_, i) => {
    const [along, across] = [(i + 0.4 * next()) / turns, 0.8 * (i % 2) + 0.2 * next()];
    return down ? [across, along] : [along, across];
  });
  return [points];
}

/** Straight lines between random points. @param {() => number} next */
export function polyline(next) {
  return [Array.from({ length: 4 + Math.floor(next() * 8) }, () => [next(), next()])];
}

/** Three to six short strokes on a coarse grid, as in characters of unknown scripts. @param {() => number} next */
export function glyph(next) {
  const point = () => [Math.floor(next() * 3) / 2 + 0.1 * next(), Math.floor(next() * 3) / 2 + 0.1 * next()];
  return Array.from({ length: 3 + Math.floor(next() * 4) }, () => [point(), point()]);
}
