// Runs bundled tests in a real Chromium through @web/test-runner.
import { defaultReporter, startTestRunner } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { isolationHeaders } from '../serve.mjs';
import { testServer } from '../../test/browser/support/server.mjs';

const minute = 60_000;

/**
 * @param {string[]} files
 * @param {{ isolated: boolean, launchOptions: object }} options
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runInBrowser(files, { isolated, launchOptions }) {
  const headers = (context, next) => {
    if (isolated) context.set(isolationHeaders);
    return next();
  };
  const runner = await startTestRunner({
    readCliArgs: false,
    readFileConfig: false,
    autoExitProcess: false,
    config: {
      rootDir: process.cwd(),
      files,
      browsers: [chromeLauncher({ launchOptions })],
      concurrency: 1,
      testFramework: { config: { ui: 'bdd', timeout: 2 * minute } },
      browserStartTimeout: minute,
      testsStartTimeout: minute,
      testsFinishTimeout: 20 * minute,
      reporters: [defaultReporter({ reportTestResults: true, reportTestProgress: false })],
      staticLogging: true,
      middleware: [headers, testServer],
    },
  });
  await new Promise((done) => runner.on('stopped', done));
  return Array.from(runner.sessions.all(), outcome).reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

/** Counts a file's tests; a file that broke before, after or between its tests has failed too. */
function outcome(session) {
  const tests = session.testResults ? testsOf(session.testResults) : [];
  const passed = tests.filter((test) => test.passed && !test.skipped).length;
  const failed = tests.length - passed;
  return { passed, failed: failed === 0 && (!session.passed || tests.length === 0) ? 1 : failed };
}

function testsOf(suite) {
  return [...suite.tests, ...suite.suites.flatMap(testsOf)];
}
