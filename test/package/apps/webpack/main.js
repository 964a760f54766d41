import { load } from 'handful';

const digits = await load('mnist-lenet5');
const { label } = await digits.predict({
  strokes: [
    [
      [50, 10],
      [50, 90],
    ],
  ],
});
document.querySelector('output').textContent = label;
