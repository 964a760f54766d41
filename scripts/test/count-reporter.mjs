// A reporter for node's test runner that counts single tests: no suites, no files. Skipped tests count as failed: what
// cannot be tested here must be seen.

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} events */
export default async function* count(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (type === 'test:pass') {
      const isTest = data.details.type !== 'suite' && !(data.nesting === 0 && data.name === data.file);
      if (isTest && data.skip === undefined && data.todo === undefined) passed++;
      else if (isTest) failed++;
    } else if (type === 'test:fail') {
      const error = /** @type {{ failureType?: string } | undefined} */ (data.details.error);
      // A suite or a file counts if it failed by itself: in a hook, or with an exception between its tests.
      if (error?.failureType !== 'subtestsFailed') failed++;
    }
  }
  yield JSON.stringify({ passed, failed });
}
