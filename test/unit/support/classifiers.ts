import { after, mock } from 'node:test';

/** For classifiers and regressors that are disposed of after all tests of the file in which this is called. */
export function disposedAfterAll(): <T extends { dispose(): void }>(made: Promise<T>) => Promise<T> {
  const open: { dispose(): void }[] = [];
  after(() => open.forEach((each) => each.dispose()));
  return async (made) => {
    const one = await made;
    open.push(one);
    return one;
  };
}

/** What was said by `console.warn` since it was last asked; nothing is printed. */
export function heardWarnings(): () => string[] {
  const warn = mock.method(console, 'warn', () => {});
  return () => {
    const said = warn.mock.calls.map(({ arguments: [text] }) => String(text));
    warn.mock.resetCalls();
    return said;
  };
}
