// Pictures that are no ink at all: textured shapes, silhouettes, clouds of grey.

const SIZE = 28;

/** One to three filled ellipses or boxes with a texture, greys as they come. @param {() => number} next */
export function shape(next) {
  const image = new Float32Array(SIZE * SIZE);
  const [base, depth, fx, fy] = [0.3 + 0.7 * next(), 0.5 * next(), 0.5 + 2.5 * next(), 0.5 + 2.5 * next()];
  const parts = Array.from({ length: 1 + Math.floor(next() * 3) }, () => ({
    box: next() < 0.5,
    x: 13.5 + 8 * (next() - 0.5),
    y: 13.5 + 8 * (next() - 0.5),
    width: 3 + 10 * next(),
    height: 3 + 10 * next(),
    tilt: 0.8 * (next() - 0.5),
  }));
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const inside = parts.some((part) => {
        const v = (y - part.y) / part.height;
        const u = (x - part.x - part.tilt * (y - part.y)) / part.width;
        return part.box ? Math.abs(u) < 1 && Math.abs(v) < 1 : u * u + v * v < 1;
      });
      const value = base + depth * Math.sin(fx * x) * Math.sin(fy * y) + 0.15 * (next() - 0.5);
      if (inside) image[y * SIZE + x] = Math.min(1, Math.max(0, value));
    }
  return image;
}

/** A filled figure, its two halves alike, such as clothes, vessels and faces have. @param {() => number} next */
export function silhouette(next) {
  const image = new Float32Array(SIZE * SIZE);
  const lying = next() < 0.3;
  const [top, bottom] = [Math.floor(5 * next()), SIZE - Math.floor(5 * next())];
  const [base, depth, stripes, grain] = [0.2 + 0.8 * next(), 0.4 * next(), 0.3 + 2 * next(), 0.3 * next()];
  const parting = next() < 0.3 ? top + (bottom - top) * (0.2 + 0.5 * next()) : SIZE; // two legs from here on
  let [width, change] = [3 + 9 * next(), 0];
  for (let y = top; y < bottom; y++) {
    change = 0.7 * change + 1.6 * (next() - 0.5);
    if (next() < 0.08) change += 8 * (next() - 0.5); // a sleeve, a brim
    width = Math.min(13, Math.max(1.5, width + change));
    for (let x = 0; x < SIZE; x++) {
      const away = Math.abs(x - 13.5);
      if (away > width || (y > parting && away < 0.25 * width)) continue;
      const value = base + depth * Math.sin(stripes * y) + grain * (next() - 0.5);
      image[lying ? x * SIZE + y : y * SIZE + x] = Math.min(1, Math.max(0, value));
    }
  }
  return image;
}

/** A filled outline of any form, with corners or without, lit from one side. @param {() => number} next */
export function blob(next) {
  const image = new Float32Array(SIZE * SIZE);
  const corners = 3 + Math.floor(9 * next());
  const [depth, stretch, turn] = [0.8 * next(), 0.6 * (next() - 0.5), Math.PI * next()];
  const radii = Array.from({ length: corners }, () => 13 * (1 - depth * next()));
  const isRound = next() < 0.5;
  const [base, light, grain] = [0.3 + 0.7 * next(), 0.05 * (next() - 0.5), 0.25 * next()];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const [u, v] = [
        ((x - 13.5) * cos + (y - 13.5) * sin) * (1 + stretch),
        ((y - 13.5) * cos - (x - 13.5) * sin) / (1 + stretch),
      ];
      const at = ((Math.atan2(v, u) / (2 * Math.PI) + 0.5) * corners) % corners;
      const [from, part] = [Math.floor(at), at % 1];
      const weight = isRound ? (1 - Math.cos(Math.PI * part)) / 2 : part;
      const radius = radii[from] * (1 - weight) + radii[(from + 1) % corners] * weight;
      if (Math.hypot(u, v) > radius) continue;
      image[y * SIZE + x] = Math.min(1, Math.max(0, base + light * u + grain * (next() - 0.5)));
    }
  return image;
}

/** Greys as photographs have them, coarse and fine, over the whole picture or part of it. @param {() => number} next */
export function texture(next) {
  const image = new Float32Array(SIZE * SIZE);
  const waves = Array.from({ length: 6 }, () => {
    const angle = Math.PI * next();
    const often = 0.08 * 12 ** next();
    return {
      x: often * Math.cos(angle),
      y: often * Math.sin(angle),
      phase: 7 * next(),
      strength: next() / (1 + 3 * often),
    };
  });
  const [base, contrast, grain] = [0.2 + 0.6 * next(), 0.3 + 1.2 * next(), 0.2 * next()];
  const hard = next() < 0.4; // black and white
  const reach = next() < 0.5 ? Infinity : 8 + 6 * next();
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      if (Math.hypot(x - 13.5, y - 13.5) > reach) continue;
      const wave = waves.reduce((sum, each) => sum + each.strength * Math.sin(each.x * x + each.y * y + each.phase), 0);
      const value = base + contrast * wave + grain * (next() - 0.5);
      image[y * SIZE + x] = hard ? Number(value > 0.5) : Math.min(1, Math.max(0, value));
    }
  return image;
}
