// What a JPEG leaves of a picture.

const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]; // ITU T.81, table K.1

/** cos((2x + 1)uπ / 16), scaled so that the transform is orthonormal: [u][x] */
const BASIS = Array.from({ length: 8 }, (_, u) =>
  Array.from({ length: 8 }, (_, x) => Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.sqrt((u ? 2 : 1) / 8)),
);

/**
 * Quantises 8 x 8 blocks of brightness, and of colour at half of its size, as JPEG does at this quality; in place.
 *
 * @param {Float32Array} rgb [height, width, 3], 0 to 255
 * @param {number} width @param {number} height
 * @param {number} quality 1 to 100
 */
export function compress(rgb, width, height, quality) {
  const scale = (quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100;
  const steps = LUMINANCE.map((step) => Math.max(1, Math.round(step * scale)));
  const count = width * height;
  const y = new Float32Array(count);
  const [cb, cr] = [new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]];
    y[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    cb[i] = 0.564 * (b - y[i]);
    cr[i] = 0.713 * (r - y[i]);
  }
  quantise(y, width, height, steps);
  for (const chroma of [cb, cr]) halved(chroma, width, height, (small, w, h) => quantise(small, w, h, steps));
  for (let i = 0; i < count; i++) {
    rgb[3 * i] = y[i] + 1.403 * cr[i];
    rgb[3 * i + 1] = y[i] - 0.344 * cb[i] - 0.714 * cr[i];
    rgb[3 * i + 2] = y[i] + 1.773 * cb[i];
  }
}

/**
 * @param {Float32Array} plane @param {number} width @param {number} height
 * @param {(small: Float32Array, width: number, height: number) => void} act on every second pixel's mean
 */
function halved(plane, width, height, act) {
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const small = new Float32Array(w * h);
  for (let i = 0; i < small.length; i++) {
    const [x, y] = [2 * (i % w), 2 * Math.floor(i / w)];
    const [right, below] = [Math.min(x + 1, width - 1), Math.min(y + 1, height - 1)];
    const sum =
      plane[y * width + x] + plane[y * width + right] + plane[below * width + x] + plane[below * width + right];
    small[i] = sum / 4;
  }
  act(small, w, h);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) plane[i] = small[(y >> 1) * w + (x >> 1)];
}

/** @param {Float32Array} plane @param {number} width @param {number} height @param {number[]} steps */
function quantise(plane, width, height, steps) {
  const block = new Float32Array(64);
  const half = new Float32Array(64);
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const [x, y] = [Math.min(left + (i & 7), width - 1), Math.min(top + (i >> 3), height - 1)];
        block[i] = plane[y * width + x];
      }
      transform(block, half, (u, x) => BASIS[u][x]);
      for (let i = 0; i < 64; i++) block[i] = Math.round(block[i] / steps[i]) * steps[i];
      transform(block, half, (x, u) => BASIS[u][x]);
      for (let y = 0; y < 8 && top + y < height; y++)
        for (let x = 0; x < 8 && left + x < width; x++) plane[(top + y) * width + left + x] = block[8 * y + x];
    }
}

/** M · block · Mᵀ, in place. @param {Float32Array} block @param {Float32Array} half @param {(i: number, j: number) => number} m */
function transform(block, half, m) {
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += m(i, k) * block[8 * k + j];
      half[8 * i + j] = sum;
    }
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += half[8 * i + k] * m(j, k);
      block[8 * i + j] = sum;
    }
}
