import { assert } from 'chai';
import { load } from 'handful';
import type { Classifier, Input, LoadSource } from 'handful';
import { places, trained } from '../support/sdk-classifiers.js';
import { canvasOf, drawn } from '../support/sdk-drawings.js';

/** The window of an iframe, whose classes are not this page's. */
function otherWindow(): Window & typeof globalThis {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  return frame.contentWindow as Window & typeof globalThis;
}

for (const { title, options } of places)
  describe(title, () => {
    let classifier: Classifier;
    let there: Window & typeof globalThis;
    before(async () => {
      classifier = await trained(options);
      there = otherWindow();
    });
    after(() => {
      classifier.dispose();
      there.frameElement?.remove();
    });

    it('inputs of an iframe are read', async () => {
      const here = canvasOf(drawn('cross'));
      const canvas = there.document.createElement('canvas');
      [canvas.width, canvas.height] = [here.width, here.height];
      const context = canvas.getContext('2d')!;
      context.drawImage(here, 0, 0);
      const png = await new Promise<Blob>((resolve) => here.toBlob((blob) => resolve(blob as Blob)));
      const pixels = context.getImageData(0, 0, here.width, here.height);
      const offscreen = new there.OffscreenCanvas(here.width, here.height);
      offscreen.getContext('2d')!.drawImage(here, 0, 0);
      const image = there.document.createElement('img');
      image.src = here.toDataURL();
      const inputs: Input[] = [
        canvas,
        offscreen,
        image,
        pixels,
        { data: new there.Uint8Array(pixels.data), width: pixels.width, height: pixels.height },
        await there.createImageBitmap(here),
        new there.Blob([await png.arrayBuffer()], { type: 'image/png' }),
        new there.File([await png.arrayBuffer()], 'a.png', { type: 'image/png' }),
        there.JSON.parse(JSON.stringify(drawn('cross'))) as Input,
      ];
      for (const prediction of await classifier.predictBatch(inputs)) assert.equal(prediction.label, 'cross');
    });

    it('files and URLs of an iframe are loaded', async () => {
      const blob = await classifier.export();
      const bytes = new there.Uint8Array(await blob.arrayBuffer());
      const sources: LoadSource[] = [
        bytes,
        bytes.buffer,
        new there.Blob([bytes]),
        new there.URL(URL.createObjectURL(blob)),
      ];
      for (const source of sources) {
        const again = await load(source, options);
        assert.equal((await again.predict(drawn('line'))).label, 'line');
        again.dispose();
      }
    });
  });
