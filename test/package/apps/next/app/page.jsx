'use client';

import { load } from 'handful';
import { useEffect, useState } from 'react';

export default function Page() {
  const [answer, setAnswer] = useState('');
  useEffect(() => {
    void read().then(setAnswer);
  }, []);
  return <output>{answer}</output>;
}

async function read() {
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
  return label;
}
