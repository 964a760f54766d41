import { load } from 'handful';

test('a drawing is read as its digit', async () => {
  const digits = await load('mnist-lenet5');
  const { label } = await digits.predict({
    strokes: [
      [
        [50, 10],
        [50, 90],
      ],
    ],
  });
  digits.dispose();
  expect(label).toBe('1');
});
