// npm test [-- [unit] [browser] [package] [e2e] [part of a file's name …] [--no-build]]
//   unit      test/unit, in Node
//   browser   test/browser, in Chromium, cross-origin isolated and (where that makes a difference) not
//   package   test/package, the packed tarball as its users install it, in Node
//   e2e       test/e2e, the demo pages as a person uses them, in Chromium
// The last line is the sum over all of them: `N passed, N failed`.
import { execSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser, launchOptions } from '../browser.mjs';
import { runInBrowser } from './browser.mjs';
import { bundleForBrowsers, bundleForNode } from './bundle.mjs';
import { runInNode } from './node.mjs';

/** @import { Counts } from './node.mjs' */

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const kinds = ['unit', 'browser', 'package', 'e2e'];
const args = process.argv.slice(2);
const named = kinds.filter((kind) => args.includes(kind));
const filters = args.filter((arg) => !kinds.includes(arg) && !arg.startsWith('--'));

const parts = (named.length > 0 ? named : kinds)
  .map((kind) => ({ kind, files: testFiles(`test/${kind}`) }))
  .filter(({ files }) => files.length > 0);
const needs = (/** @type {string[]} */ ...kinds) => parts.some(({ kind }) => kinds.includes(kind));

const sum = { passed: 0, failed: 0 };
try {
  if (needs('browser', 'e2e')) console.log(`Browser: ${ensureBrowser()}`);
  if (needs('browser', 'package', 'e2e') && !args.includes('--no-build')) {
    execSync('npm run build --silent', { stdio: 'inherit' });
  }
  if (needs('e2e')) execSync('npm run demos --silent', { stdio: 'inherit' });
  for (const { kind, files } of parts) await (kind === 'browser' ? inBrowser(files) : inNode(kind, files));
  if (sum.passed + sum.failed === 0) console.error('No test ran.');
} catch (error) {
  console.error(error);
  sum.failed++;
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);

/** @param {string} kind @param {string[]} files */
async function inNode(kind, files) {
  const bundles = await bundleForNode(files, `.cache/test/${kind}`);
  const env = kind === 'e2e' ? { CHROME_PATH: ensureBrowser() } : {};
  await part(kind, () => runInNode(bundles, { name: kind, concurrency: kind === 'unit' ? 2 : 1, env }));
}

/**
 * Isolation decides whether WASM's memory is shared and has threads; where that makes no difference, one run is enough.
 *
 * @param {string} file
 */
function dependsOnIsolation(file) {
  return /(sdk-|backends|network|threads|kernels\.)/.test(file);
}

/** @param {string[]} files */
async function inBrowser(files) {
  const bundles = await bundleForBrowsers(files, '.cache/test/browser');
  for (const isolated of [true, false]) {
    const name = `browser, ${isolated ? '' : 'not '}cross-origin isolated`;
    const chosen = isolated ? bundles : bundles.filter(dependsOnIsolation);
    if (chosen.length > 0) await part(name, () => runInBrowser(chosen, { isolated, launchOptions: launchOptions() }));
  }
}

/**
 * Runs one part and adds its figures; a part that has files but runs no test has failed.
 *
 * @param {string} name @param {() => Promise<Counts>} run
 */
async function part(name, run) {
  const start = Date.now();
  console.log(`\n──── ${name}`);
  const { passed, failed } = await run();
  sum.passed += passed;
  sum.failed += passed + failed === 0 ? 1 : failed;
  console.log(`──── ${name}: ${passed} passed, ${failed} failed in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** @param {string} folder */
function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .map((file) => join(folder, file))
    .sort();
}
