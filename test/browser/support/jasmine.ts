import { assert } from 'chai';

// Of Jasmine, what tfjs-core's published tests use and mocha has not.

interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toThrowError(expected?: RegExp | string): void;
  nothing(): void;
}

function expect(actual: unknown): Expectation {
  return {
    toBe: (expected) => assert.strictEqual(actual, expected),
    toEqual: (expected) => assert.deepEqual(actual, expected),
    toThrowError: (expected) => void assert.throws(actual as () => unknown, expected as RegExp),
    nothing: () => undefined,
  };
}

/**
 * Makes Jasmine's words global, for test files that are imported afterwards.
 * @param leaveOut Tests that are not run, by their suite and title.
 * @returns What is to be called in the end. @throws if something in `leaveOut` was no test's name.
 */
export function speakJasmine(leaveOut: readonly RegExp[]): () => void {
  const found = new Set<RegExp>();
  const suites: string[] = [];
  const [describeWithMocha, itWithMocha] = [describe, it];
  const words = {
    expect,
    beforeAll: before,
    afterAll: after,
    describe: (name: string, body: () => void) =>
      describeWithMocha(name, () => {
        suites.push(name);
        body();
        suites.pop();
      }),
    it(title: string, body: Mocha.AsyncFunc) {
      const hits = leaveOut.filter((pattern) => pattern.test([...suites, title].join(' > ')));
      hits.forEach((pattern) => found.add(pattern));
      if (hits.length === 0) itWithMocha(title, body);
    },
  };
  Object.assign(globalThis, words);
  return () => {
    const unknown = leaveOut.filter((pattern) => !found.has(pattern));
    if (unknown.length > 0) throw new Error(`No test has a name like ${unknown.join(', ')}.`);
  };
}
