import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareVersions, isPrerelease, parseVersion, released } from '../../scripts/lib/release.mjs';

describe('versions', () => {
  it('what is no version is refused', () => {
    for (const text of ['', '1', '1.2', 'v1.2.3', '1.2.3.4', '1.2.3-beta', '1.2.x', ' 1.2.3'])
      assert.throws(() => parseVersion(text), /is no version/, text);
  });

  it('they come in the order of semver', () => {
    const ordered = ['0.1.0-alpha.2', '0.1.0-beta.1', '0.1.0-beta.10', '0.1.0', '0.1.1', '0.2.0', '0.10.0', '1.0.0'];
    for (const [i, a] of ordered.entries())
      for (const [j, b] of ordered.entries())
        assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} and ${b}`);
  });

  it('those that lead to another are not for everybody', () => {
    assert.equal(isPrerelease('1.0.0-beta.1'), true);
    assert.equal(isPrerelease('1.0.0'), false);
  });
});

describe('the changelog', () => {
  const head = '# Changelog\n\nHow it is written.\n\n';
  const notes = '\n- One thing.\n- Another.\n';
  const old = '\n## 0.1.0, 2026-01-31\n\n- It began.\n';

  it('what is unreleased becomes that of the version, with room above it', () => {
    assert.equal(
      released(`${head}## Unreleased\n${notes}${old}`, '0.2.0', '2026-02-01'),
      `${head}## Unreleased\n\n## 0.2.0, 2026-02-01\n${notes}${old}`,
    );
  });

  it('the first release needs none before it', () => {
    const text = released(`${head}## Unreleased\n${notes}`, '0.1.0', '2026-01-31');
    assert.equal(text, `${head}## Unreleased\n\n## 0.1.0, 2026-01-31\n${notes}`);
  });

  it('without anything unreleased there is no release', () => {
    assert.throws(() => released(`${head}## Unreleased\n${old}`, '0.2.0', '2026-02-01'), /nothing that is unreleased/);
    assert.throws(() => released(`${head}${old}`, '0.2.0', '2026-02-01'), /first section is not/);
    assert.throws(() => released(head, '0.2.0', '2026-02-01'), /first section is not/);
  });

  it('no version comes twice, or before another', () => {
    const text = `${head}## Unreleased\n${notes}${old}`;
    for (const version of ['0.1.0', '0.0.9', '0.1.0-beta.1'])
      assert.throws(() => released(text, version, '2026-02-01'), /is not after 0\.1\.0/, version);
  });
});
