// Runs bundled tests in a real Chromium through @web/test-runner.
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { startTestRunner } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { isolationHeaders } from '../serve.mjs';
import { testServer } from '../../test/browser/support/server.mjs';

/**
 * @import { TestResult, TestResultError, TestSession, TestSuiteResult } from '@web/test-runner'
 * @import { Middleware } from '../../test/browser/support/server.mjs'
 * @import { Counts } from './node.mjs'
 */

const minute = 60_000;

/**
 * @param {string[]} files
 * @param {{ isolated: boolean, launchOptions: object }} options
 * @returns {Promise<Counts>}
 */
export async function runInBrowser(files, { isolated, launchOptions }) {
  /** @type {Middleware} */
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
      testsFinishTimeout: 10 * minute,
      reporters: [{ reportTestFileResults: ({ sessionsForTestFile }) => sessionsForTestFile.forEach(print) }],
      staticLogging: true,
      middleware: [headers, testServer],
    },
  });
  if (!runner) throw new Error('The runner of browser tests did not start.');
  await new Promise((done) => runner.on('stopped', done));
  return Array.from(runner.sessions.all(), outcome).reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

/**
 * Counts a file's tests; a file that broke before, after or between its tests has failed too.
 *
 * @param {TestSession} session
 */
function outcome(session) {
  const tests = testsOf(session);
  const passed = tests.filter((test) => test.passed && !test.skipped).length;
  const failed = tests.length - passed;
  return { passed, failed: failed === 0 && (!session.passed || tests.length === 0) ? 1 : failed };
}

/** Every test of a file, each named with the suites that it is in. @param {TestSession} session */
function testsOf({ testResults }) {
  /** @param {TestSuiteResult} suite @param {string} prefix @returns {TestResult[]} */
  const within = (suite, prefix) => [
    ...suite.tests.map((test) => ({ ...test, name: `${prefix}${test.name}` })),
    ...suite.suites.flatMap((inner) => within(inner, `${prefix}${inner.name} > `)),
  ];
  return testResults ? within(testResults, '') : [];
}

/** Writes a file's tests as they went; what the browser logged only if one failed. @param {TestSession} session */
function print(session) {
  const indent = (/** @type {string} */ text) => text.replace(/^/gm, '      ');
  const error = (/** @type {TestResultError} */ { message = '', stack = '' }) =>
    indent(stack.includes(message) ? stack : `${message}\n${stack}`);
  console.log(relative('.cache/test/browser/browser', relative('.', session.testFile)).replace(/\.mjs$/, '.ts'));
  for (const test of testsOf(session)) {
    const mark = test.skipped ? '﹣ skipped (counts as failed):' : test.passed ? '✔' : '✖';
    const seconds = (test.duration ?? 0) / 1000;
    console.log(`  ${mark} ${test.name}${seconds > 1 ? ` (${seconds.toFixed(1)} s)` : ''}`);
    if (test.error) console.log(error(test.error));
  }
  for (const broken of session.errors) console.log(`  ✖ the file itself\n${error(broken)}`);
  if (outcome(session).failed === 0) return;
  for (const log of session.logs)
    console.log(`  log: ${log.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ')}`);
  for (const url of session.request404s) console.log(`  404: ${url}`);
}
