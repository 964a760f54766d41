// What a release does to words: which versions may come next, and what becomes of the changelog.

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([a-z]+)\.(\d+))?$/;

/**
 * @param {string} text such as 1.2.3 or 1.2.3-beta.1
 * @throws {Error} if it is no version
 */
export function parseVersion(text) {
  const found = VERSION.exec(text);
  if (!found) throw new Error(`'${text}' is no version; expected 1.2.3, or 1.2.3-beta.1.`);
  const [, major, minor, patch, stage = '', step = '0'] = found;
  return { numbers: [major, minor, patch].map(Number), stage, step: Number(step) };
}

/**
 * Whether it goes to those who ask for it by name only.
 *
 * @param {string} version
 */
export const isPrerelease = (version) => parseVersion(version).stage !== '';

/**
 * By semver's precedence: below 0 if `a` comes first, 0 if they are the same.
 *
 * @param {string} a @param {string} b
 */
export function compareVersions(a, b) {
  const [one, two] = [parseVersion(a), parseVersion(b)];
  const differences = one.numbers.map((number, i) => number - two.numbers[i]);
  const first = differences.find((difference) => difference !== 0);
  if (first !== undefined) return first;
  if (one.stage === two.stage) return one.step - two.step;
  if (one.stage === '' || two.stage === '') return one.stage === '' ? 1 : -1; // what it leads to comes after it
  return one.stage < two.stage ? -1 : 1;
}

/**
 * The changelog with what is unreleased under a version and its date, and room for what comes next.
 *
 * @param {string} changelog
 * @param {string} version
 * @param {string} date as 2026-01-31
 * @throws {Error} if nothing is unreleased, or the version is not after all that were released
 */
export function released(changelog, version, date) {
  const [head, ...sections] = changelog.split(/^(?=## )/m);
  const [unreleased = '', ...rest] = sections;
  const notes = unreleased.replace(/^## Unreleased\n/, '');
  if (notes === unreleased) throw new Error("The changelog's first section is not '## Unreleased'.");
  if (notes.trim() === '') throw new Error('The changelog has nothing that is unreleased.');
  for (const section of rest) {
    const [, other = ''] = /^## (\S+), /.exec(section) ?? [];
    if (compareVersions(version, other) <= 0) throw new Error(`${version} is not after ${other}, which was released.`);
  }
  return [head, '## Unreleased\n\n', `## ${version}, ${date}\n${notes}`, ...rest].join('');
}
