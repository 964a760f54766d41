// Runs bundled tests with node's own test runner.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const counter = fileURLToPath(new URL('./count-reporter.mjs', import.meta.url));

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * @param {string[]} files
 * @param {{ name: string, concurrency?: number, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Counts>}
 */
export async function runInNode(files, { name, concurrency = 2, env = {} }) {
  const counts = `.cache/test/counts-${name}.json`;
  await rm(counts, { force: true });
  const child = spawn(
    process.execPath,
    [
      '--enable-source-maps',
      '--test',
      '--test-timeout=600000', // for a whole file: one that leaves a server open would never end
      `--test-concurrency=${concurrency}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${counter}`,
      `--test-reporter-destination=${counts}`,
      ...files,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } },
  );
  const [code] = await once(child, 'exit');
  const written = await readFile(counts, 'utf8').catch(() => '');
  const { passed, failed } = written ? JSON.parse(written) : { passed: 0, failed: 0 };
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed }; // a runner that crashed has failed
}
