import { load } from 'handful';

const digits = await load('mnist-lenet5', {
  assetBase: new URL('./handful/', location.href).href,
  worker: () => new Worker('./handful/dist/handful.worker.js', { type: 'module' }),
});
const { label } = await digits.predict({
  strokes: [
    [
      [50, 10],
      [50, 90],
    ],
  ],
});
document.querySelector('output').textContent = label;
