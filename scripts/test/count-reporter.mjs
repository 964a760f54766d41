// A reporter for node's test runner that counts single tests: no suites, no files. Skipped tests count as failed: what
// cannot be tested here must be seen.

export default async function* count(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    const isTest = data.details?.type !== 'suite' && !(data.nesting === 0 && data.name === data.file);
    if (type === 'test:pass' && isTest) {
      if (data.skip === undefined && data.todo === undefined) passed++;
      else failed++;
    } else if (type === 'test:fail' && data.details.error?.failureType !== 'subtestsFailed') {
      failed++; // a suite or a file counts if it failed by itself: in a hook, or with an exception between its tests
    }
  }
  yield JSON.stringify({ passed, failed });
}
