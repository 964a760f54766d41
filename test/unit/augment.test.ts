import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandfulError } from '../../src/errors.js';
import { defaultPreprocess } from '../../src/models/preprocessing.js';
import { random } from '../../src/common/random.js';
import { createAugment } from '../../src/training/augment/create.js';
import type { AugmentOptions } from '../../src/types.js';

const INK = defaultPreprocess([28, 28, 1]);
const PHOTO = defaultPreprocess([32, 32, 3]);
const BACKGROUND = Math.fround(-INK.mean[0] / INK.std[0]);
const STILL = { rotation: 0, scale: 0, aspect: 0, shear: 0, shift: 0, elastic: 0, thickness: 0 };

/** A standardised picture with an L of strokes three pixels wide, far from every edge. */
function letter(): Float32Array {
  const image = new Float32Array(784).fill(BACKGROUND);
  const white = (1 - INK.mean[0]) / INK.std[0];
  for (let y = 8; y < 20; y++) for (let x = 9; x < 12; x++) image[y * 28 + x] = white;
  for (let y = 17; y < 20; y++) for (let x = 9; x < 18; x++) image[y * 28 + x] = white;
  return image;
}

function variants(source: Float32Array, options: AugmentOptions, count = 50, seed = 1): Float32Array[] {
  const photo = source.length === 3072;
  const augment = createAugment(photo ? [32, 32, 3] : [28, 28, 1], photo ? PHOTO : INK, options);
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const target = new Float32Array(source.length).fill(NaN); // whatever is not written shows
    augment(source, 0, target, 0, next);
    return target;
  });
}

/** Ink above the background, its centre and the angle of its longer axis. */
function moments(image: Float32Array) {
  let [mass, x, y] = [0, 0, 0];
  image.forEach((value, i) => {
    mass += value - BACKGROUND;
    x += (value - BACKGROUND) * (i % 28);
    y += (value - BACKGROUND) * Math.floor(i / 28);
  });
  [x, y] = [x / mass, y / mass];
  let [xx, xy, yy] = [0, 0, 0];
  image.forEach((value, i) => {
    const [dx, dy] = [(i % 28) - x, Math.floor(i / 28) - y];
    xx += (value - BACKGROUND) * dx * dx;
    xy += (value - BACKGROUND) * dx * dy;
    yy += (value - BACKGROUND) * dy * dy;
  });
  return { mass, x, y, angle: (Math.atan2(2 * xy, xx - yy) / 2) * (180 / Math.PI), size: (xx + yy) / mass };
}

const picture = (): Float32Array => {
  const next = random(9);
  return Float32Array.from({ length: 3072 }, (_, i) => (next() - PHOTO.mean[i % 3]) / PHOTO.std[i % 3]);
};
const raw = (value: number, i: number): number => value * PHOTO.std[i % 3] + PHOTO.mean[i % 3];

test('at strength 0, and with every strength 0, examples stay exactly as they are', () => {
  for (const options of [{ strength: 0 }, STILL]) assert.deepEqual(variants(letter(), options, 1)[0], letter());
  assert.deepEqual(variants(picture(), { strength: 0 }, 1)[0], picture());
});

test('the same seed gives the same variants, another one others, and they differ among themselves', () => {
  for (const source of [letter(), picture()]) {
    const [a, b, c] = [1, 1, 2].map((seed) => variants(source, {}, 20, seed));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
    assert.ok(new Set(a.map(String)).size > 15, 'of 162 crops two may be the same');
  }
});

test('flat inputs are varied as pictures are, at any offset, and nothing beside them is touched', () => {
  const flat = createAugment([784], INK);
  const source = new Float32Array(3 * 784);
  source.set(letter(), 784);
  const target = new Float32Array(3 * 784).fill(7);
  flat(source, 784, target, 2 * 784, random(1));
  assert.deepEqual(target.subarray(2 * 784), variants(letter(), {}, 1)[0]);
  assert.ok(target.subarray(0, 2 * 784).every((value) => value === 7));
  const small = createAugment([64], { ...INK, kind: 'ink' });
  const eight = new Float32Array(64);
  small(Float32Array.from({ length: 64 }, (_, i) => i), 0, eight, 0, random(1)); // prettier-ignore
  assert.ok(eight.every(Number.isFinite));
});

test('a shift moves the centre of ink by as much and leaves its mass', () => {
  const start = moments(letter());
  const moved = variants(letter(), { ...STILL, shift: 3 }, 300).map(moments);
  for (const { mass } of moved) assert.ok(Math.abs(mass / start.mass - 1) < 1e-4, `mass ${mass}`);
  for (const axis of ['x', 'y'] as const) {
    const by = moved.map((after) => after[axis] - start[axis]);
    assert.ok(Math.min(...by) < -2.7 && Math.max(...by) > 2.7 && Math.max(...by.map(Math.abs)) <= 3.001);
    assert.ok(Math.abs(by.reduce((a, b) => a + b) / by.length) < 0.4, 'as far one way as the other');
  }
});

test('a rotation turns the ink about the middle, both ways, and leaves its mass and size', () => {
  const start = moments(letter());
  const distance = Math.hypot(start.x - 13.5, start.y - 13.5);
  const turned = variants(letter(), { ...STILL, rotation: 30 }, 300).map(moments);
  for (const { mass, x, y, size } of turned) {
    assert.ok(Math.abs(mass / start.mass - 1) < 0.02, `mass ${mass}`);
    assert.ok(Math.abs(size / start.size - 1) < 0.05, `size ${size}`);
    assert.ok(Math.abs(Math.hypot(x - 13.5, y - 13.5) - distance) < 0.2);
  }
  const by = turned.map(({ angle }) => ((((angle - start.angle) % 180) + 270) % 180) - 90);
  assert.ok(Math.min(...by) < -27 && Math.max(...by) > 27 && Math.max(...by.map(Math.abs)) < 31, String(by));
});

test('scale changes the area by its square, aspect and shear leave it', () => {
  const { mass } = moments(letter());
  const ratios = (options: AugmentOptions) =>
    variants(letter(), { ...STILL, ...options }, 300).map((after) => moments(after).mass / mass);
  const scaled = ratios({ scale: 0.25 });
  assert.ok(Math.min(...scaled) < 0.69 && Math.min(...scaled) > 0.62, `smallest ${Math.min(...scaled)}`);
  assert.ok(Math.max(...scaled) > 1.48 && Math.max(...scaled) < 1.59, `largest ${Math.max(...scaled)}`);
  for (const options of [{ aspect: 0.3 }, { shear: 0.3 }])
    for (const ratio of ratios(options)) assert.ok(Math.abs(ratio - 1) < 0.04, `${JSON.stringify(options)} ${ratio}`);
});

test('an elastic distortion moves pixels by its root mean square', () => {
  // The values of ramps along x and y are places, so that a variant shows where each pixel came from.
  for (const along of [(i: number) => i % 28, (i: number) => Math.floor(i / 28)]) {
    const ramp = Float32Array.from({ length: 784 }, (_, i) => along(i));
    let [sum, count] = [0, 0];
    for (const variant of variants(ramp, { ...STILL, elastic: 1 }, 200))
      for (let y = 8; y < 20; y++)
        for (let x = 8; x < 20; x++, count++) sum += (variant[y * 28 + x] - ramp[y * 28 + x]) ** 2;
    assert.ok(Math.abs(Math.sqrt(sum / count) - 1) < 0.08, `root mean square ${Math.sqrt(sum / count)}`);
  }
});

test('thickness grows and shrinks the ink, the more the further, and never takes it all', () => {
  const { mass } = moments(letter());
  let [least, most] = [1, 1];
  for (const thickness of [0.25, 0.5, 1]) {
    const ratios = variants(letter(), { ...STILL, thickness }, 200).map((after) => moments(after).mass / mass);
    assert.ok(Math.min(...ratios) < least && Math.max(...ratios) > most, `at ${thickness}`);
    [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  }
  assert.ok(least > 0.4 && least < 0.65 && most > 1.5 && most < 1.8, `from ${least} to ${most}`);
  const fine = new Float32Array(784).fill(BACKGROUND);
  for (let y = 8; y < 20; y++) fine[y * 28 + 14] = 2;
  for (const after of variants(fine, { ...STILL, thickness: 1 }))
    assert.ok(moments(after).mass > 0.5 * moments(fine).mass);
});

test('what lies outside is background: of ink in whatever scale, and black for photos', () => {
  const full = new Float32Array(784).fill(1);
  const seen = variants(full, { ...STILL, shift: 8 });
  for (const image of seen) for (const value of image) assert.ok(value >= BACKGROUND && value <= 1);
  assert.ok(seen.filter((image) => image[0] === BACKGROUND || image[783] === BACKGROUND).length > 10);
  const blank = new Float32Array(784).fill(BACKGROUND);
  for (const image of variants(blank, { strength: 2 })) assert.deepEqual(image, blank);
  const black = PHOTO.mean.map((mean, c) => Math.fround(-mean / PHOTO.std[c]));
  const moved = variants(picture(), { crop: 4, flip: 0 }).filter((image) => image[0] === black[0]);
  assert.ok(moved.length > 10);
  for (const image of moved) assert.deepEqual([...image.subarray(0, 3)], black);
});

test('any mixture of strengths gives finite values between background and ink', () => {
  const white = Math.max(...letter());
  for (const options of [
    {},
    { strength: 2 },
    { rotation: 180, scale: 1, aspect: 1, shear: 1, shift: 14, elastic: 4, thickness: 1 },
  ])
    // prettier-ignore
    for (const image of variants(letter(), options, 100))
      assert.ok(image.every((value) => value >= BACKGROUND - 1e-5 && value <= white + 1e-5));
  const lively = { crop: 16, flip: 1, brightness: 1, contrast: 1, saturation: 1, cutout: 32 };
  for (const image of variants(picture(), lively, 100)) assert.ok(image.every(Number.isFinite));
});

test('a photo is cropped from its padded self and mirrored, each way as often', () => {
  const source = picture();
  const at = (image: Float32Array, x: number, y: number) => image.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3);
  const found = new Map<string, number>();
  let mirrored = 0;
  for (const image of variants(source, {}, 1000)) {
    let place = '';
    for (let dy = -4; dy <= 4; dy++)
      for (let dx = -4; dx <= 4; dx++)
        for (const flip of [false, true]) {
          const same = ([x, y]: number[]) =>
            String(at(image, x, y)) === String(at(source, (flip ? 31 - x : x) + dx, y + dy));
          if (![[16, 16], [10, 10], [27, 5], [4, 27]].every(same)) continue; // prettier-ignore
          place = `${dx},${dy}`;
          mirrored += Number(flip);
        }
    assert.ok(place, 'a crop of the padded picture');
    found.set(place, (found.get(place) ?? 0) + 1);
  }
  assert.equal(found.size, 81);
  assert.ok(Math.max(...found.values()) < 30, 'every place as often');
  assert.ok(mirrored > 430 && mirrored < 570, `${mirrored} of 1000 mirrored`);
});

test('light, contrast and saturation change what they name, within black and white', () => {
  const none = { strength: 1, crop: 0, flip: 0 };
  const grey = Float32Array.from({ length: 3072 }, (_, i) => (0.4 - PHOTO.mean[i % 3]) / PHOTO.std[i % 3]);
  const levels = variants(grey, { ...none, brightness: 0.5 }, 200).map((image) => raw(image[0], 0));
  assert.ok(Math.min(...levels) < 0.22 && Math.max(...levels) > 0.58 && Math.max(...levels) < 0.61);
  for (const image of variants(grey, { ...none, contrast: 0.5, saturation: 0.5 }))
    image.forEach((value, i) => assert.ok(Math.abs(raw(value, i) - 0.4) < 1e-5, 'a plain grey has neither'));
  const spread = (image: Float32Array) =>
    Math.sqrt(image.reduce((sum, value, i) => sum + (raw(value, i) - 0.5) ** 2, 0));
  const spreads = variants(picture(), { ...none, contrast: 0.5 }, 100).map(
    (image) => spread(image) / spread(picture()),
  );
  assert.ok(Math.min(...spreads) < 0.6 && Math.max(...spreads) > 1.1);
  for (const image of variants(picture(), { ...none, saturation: 1, brightness: 1 }))
    image.forEach((value, i) => assert.ok(raw(value, i) > -1e-5 && raw(value, i) < 1 + 1e-5));
});

test('cutout blanks a square', () => {
  const source = picture();
  const black = PHOTO.mean.map((mean, c) => Math.fround(-mean / PHOTO.std[c]));
  const counts = variants(source, { crop: 0, flip: 0, cutout: 8 }, 200).map((image) => {
    let count = 0;
    for (let i = 0; i < 3072; i += 3)
      if (black.every((value, c) => image[i + c] === value)) count++;
      else assert.deepEqual(image.subarray(i, i + 3), source.subarray(i, i + 3));
    return count;
  });
  assert.equal(Math.max(...counts), 64);
  assert.ok(Math.min(...counts) >= 16, 'its middle is within the picture');
});

test('options that make no sense are refused, naming what came and what was expected', () => {
  const refuses = (options: unknown, message: RegExp, preprocess = INK) =>
    assert.throws(
      () => createAugment([28, 28, 1], preprocess, options as AugmentOptions),
      (error) => error instanceof HandfulError && error.code === 'bad-argument' && message.test(error.message),
    );
  refuses({ rotation: -1 }, /augment\.rotation takes a number from 0 to 180; got -1/);
  refuses({ shift: '2' }, /augment\.shift .* 14; got "2"/);
  refuses({ thickness: NaN }, /augment\.thickness .* 1; got/);
  refuses({ strength: 3 }, /augment\.strength .* 2; got 3/);
  refuses({ flip: 0.5 }, /no option augment\.flip .* rotation/);
  refuses({ twirl: 1 }, /no option augment\.twirl/);
  refuses([1], /true, false or an object; got \[1\]/);
  refuses(null, /got null/);
  refuses({}, /'ink' or 'photo'; got 'none'/, { ...INK, kind: 'none' });
  assert.throws(() => createAugment([32, 32, 3], PHOTO, { rotation: 5 }), /no option augment\.rotation .* crop/);
});
