import { assert } from 'chai';
import type { Classifier } from 'handful';
import { places, refused, trained } from '../support/sdk-classifiers.js';

/** A chunk of a PNG, with its check sum. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  let crc = 0xffffffff;
  for (const byte of out.subarray(4, 8 + data.length)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  view.setUint32(8 + data.length, ~crc);
  return out;
}

/** A grey PNG, white but for a bar in its middle, a tenth as wide as it is high; without pixels if `empty`. */
async function png(width: number, height: number, empty = false): Promise<Blob> {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header[8] = 8;
  const rows = new Uint8Array(empty ? 0 : (width + 1) * height).fill(255);
  const thickness = Math.min(width, height) / 10;
  for (let y = 0; y < (empty ? 0 : height); y++) {
    rows[y * (width + 1)] = 0; // no filter
    const inside = Math.abs(y - height / 2) < 4 * thickness;
    const middle = y * (width + 1) + 1 + width / 2;
    if (inside) rows.fill(0, middle - thickness / 2, middle + thickness / 2);
  }
  const deflated = new Blob([rows]).stream().pipeThrough(new CompressionStream('deflate'));
  const data = new Uint8Array(await new Response(deflated).arrayBuffer());
  const start = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return new Blob([start, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array())] as BlobPart[], {
    type: 'image/png',
  });
}

/** A photograph of a bar, upright and in the middle. */
function jpeg(): Promise<Blob> {
  const canvas = new OffscreenCanvas(300, 200);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, 300, 200);
  context.fillStyle = 'black';
  context.fillRect(143, 20, 14, 160);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}

/** The same with EXIF data of one entry, its orientation, behind the first marker. */
function withOrientation(file: ArrayBuffer, orientation: number): Blob {
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0]; // 'Exif'
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const segment = Uint8Array.of(0xff, 0xe1, 0, 2 + exif.length + tiff.length, ...exif, ...tiff);
  return new Blob([file.slice(0, 2), segment, file.slice(2)], { type: 'image/jpeg' });
}

for (const { title, options } of places)
  describe(`pictures of all sizes, ${title}`, () => {
    let classifier: Classifier;
    before(async () => void (classifier = await trained(options)));
    after(() => classifier.dispose());

    const seen = async (blob: Blob | ImageBitmap) => (await classifier.predict(blob, { image: true })).image!.data;

    for (const [width, height] of [
      [70_000, 300],
      [300, 70_000],
      [5712, 4284],
      [10_000, 10_000],
    ] as const)
      it(`${width} x ${height}: read, though canvases may hold no such picture`, async () => {
        const small = await seen(await png(300, 300));
        assert.isAbove(Math.max(...small), 0.9);
        const blob = await png(width, height);
        for (const input of [blob, await createImageBitmap(blob)]) {
          const large = await seen(input);
          assert.isAbove(Math.max(...large), 0.9);
          if (width > 10_000) assert.isBelow(Math.max(...large.map((value, i) => Math.abs(value - small[i]!))), 0.35);
        }
      });

    it('a photograph is turned as its EXIF data say', async () => {
      const upright = await jpeg();
      const turned = await seen(withOrientation(await upright.arrayBuffer(), 6)); // by a quarter
      const straight = await seen(upright);
      const across = turned.map((_, i) => straight[(i % 28) * 28 + Math.floor(i / 28)]!);
      assert.isBelow(Math.max(...turned.map((value, i) => Math.abs(value - across[i]!))), 0.4);
      assert.isAbove(Math.max(...turned.map((value, i) => Math.abs(value - straight[i]!))), 0.9);
    });

    it('one that is too large is refused by its size before it is decoded', async () => {
      const blob = await png(30_000, 30_000, true);
      await refused(classifier.predict(blob), 'bad-input', /a picture of 30000 x 30000 pixels: expected/);
    });

    it('one that is cut off, or without a size, says what it is', async () => {
      const whole = await png(200, 100);
      const cut = whole.slice(0, 45, 'image/png');
      await refused(classifier.predict(cut), 'bad-input', /type 'image\/png' with a picture of 200 x 100 pixels/);
      const svg = new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'], { type: 'image/svg+xml' });
      await refused(classifier.predict(svg), 'bad-input', /an SVG is read as an <img> with a width and a height/);
    });
  });
