import 'handful/elements/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Page() {
  const [digit, setDigit] = useState('');
  return (
    <label>
      A digit
      <digit-input
        name="digit"
        model="mnist-lenet5"
        controls
        value={digit}
        onInput={({ currentTarget }) => setDigit(currentTarget.value)}
        onerror={({ error }) => reportError(error)}
      />
      <output>{digit}</output>
    </label>
  );
}

const root = document.querySelector('#root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
