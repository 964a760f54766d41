// Releases a version: npm run release -- VERSION [--publish] [--skip-ci]
// Without --publish it says what it would do and changes nothing. What is unreleased in CHANGELOG.md becomes the
// version's. npm attests where a package was built only within a CI that it knows, so --publish belongs there:
// .github/workflows/release.yml runs it. --skip-ci is for a commit that has passed already.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareVersions, isPrerelease, released } from './lib/release.mjs';
import { refuse } from './lib/usage.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { publish: { type: 'boolean', default: false }, 'skip-ci': { type: 'boolean', default: false } },
});
const [version = refuse('Usage: npm run release -- VERSION [--publish] [--skip-ci]')] = positionals;

/** @type {{ version: string }} */
const { version: current } = JSON.parse(readFileSync('package.json', 'utf8'));
const changelog = newChangelog();
if (values.publish && !process.env.CI) refuse('--publish is for a CI; npm attests nothing of what is built elsewhere.');
if (git('status', '--porcelain') !== '') refuse('There are changes that are not committed.');
if (git('branch', '--show-current') !== 'main') refuse('Releases are made on the branch main.');
if (git('tag', '--list', `v${version}`) !== '') refuse(`There is a tag v${version} already.`);

if (!values['skip-ci']) step('bash', '.ci/run');
step('npm', 'version', version, '--no-git-tag-version', '--allow-same-version');
say(`CHANGELOG.md: what is unreleased becomes that of ${version}`);
if (values.publish) writeFileSync('CHANGELOG.md', changelog);
step('git', 'commit', '--all', '--message', `Version ${version}`);
step('git', 'tag', '--annotate', `v${version}`, '--message', `Version ${version}`);
step('git', 'push', '--atomic', 'origin', 'main', `v${version}`); // what is published has its commit in the repository
step('npm', 'publish', '--provenance', '--access', 'public', '--tag', isPrerelease(version) ? 'next' : 'latest');
if (!values.publish) console.log('Nothing was changed; --publish does it.');

/** What CHANGELOG.md will be. */
function newChangelog() {
  try {
    if (compareVersions(version, current) < 0)
      throw new Error(`${version} is before ${current}, which package.json has.`);
    return released(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param {...string} args */
function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}

/** Runs a command, or says only that it would. @param {string} command @param {...string} args */
function step(command, ...args) {
  say([command, ...args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg))].join(' '));
  if (values.publish) execFileSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
}

/** @param {string} what */
function say(what) {
  console.log(`${values.publish ? '' : '(dry) '}${what}`);
}
