// What others wrote and the build bundles: their licences (THIRD_PARTY_NOTICES.txt) and a bill of materials (CycloneDX).
import { readFileSync } from 'node:fs';
import license from 'rollup-plugin-license';

/**
 * @import { Plugin } from 'rollup'
 * @import { Dependency } from 'rollup-plugin-license'
 */

/** Collects over several builds; `write` goes into the last of them. */
export function thirdParties() {
  /** @type {Map<string, Dependency>} */
  const found = new Map();
  return {
    /** @returns {Plugin} */
    collect: () =>
      license({
        thirdParty: (dependencies) => dependencies.forEach((one) => found.set(`${one.name}@${one.version}`, one)),
      }),
    /** @returns {Plugin} */
    write: () => ({
      name: 'third-parties',
      generateBundle() {
        const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dependency]) => dependency);
        this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_NOTICES.txt', source: notices(all) });
        this.emitFile({ type: 'asset', fileName: 'sbom.cdx.json', source: `${JSON.stringify(sbom(all), null, 2)}\n` });
      },
    }),
  };
}

/**
 * Every package with its licence's text. Where a package has none of its own, Apache's stands at the end.
 *
 * @param {Dependency[]} dependencies @throws if a package has neither a text nor this licence.
 */
function notices(dependencies) {
  const entries = dependencies.map(({ name, version, license, licenseText, noticeText, author, repository }) => {
    if (!licenseText && license !== 'Apache-2.0') throw new Error(`${name} has no licence text (${license}).`);
    return [
      `${name} ${version}`,
      `License: ${license}`,
      author && `Author: ${author.text()}`,
      repository && `Repository: ${urlOf(repository)}`,
      noticeText && `\n${noticeText.trim()}`,
      `\n${licenseText?.trim() ?? 'The text of the Apache License, Version 2.0, is at the end of this file.'}`,
    ]
      .filter(Boolean)
      .join('\n');
  });
  return [...entries, readFileSync('LICENSE', 'utf8').trim()].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

/** Without the time and a serial number, so that a build can be repeated to the byte. @param {Dependency[]} dependencies */
function sbom(dependencies) {
  const own = JSON.parse(readFileSync('package.json', 'utf8'));
  const components = dependencies.map(component);
  const ref = purl(own.name, own.version);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: component(own) },
    components,
    dependencies: [
      { ref, dependsOn: components.map((one) => one['bom-ref']) },
      ...components.map((one) => ({ ref: one['bom-ref'] })),
    ],
  };
}

/** @param {Pick<Dependency, 'name' | 'version' | 'license' | 'description' | 'repository'>} dependency */
function component({ name, version, license, description, repository }) {
  const [, group, plain] = /^(?:(@[^/]+)\/)?(.+)$/.exec(name ?? '') ?? [];
  const ref = purl(name, version);
  return {
    type: 'library',
    'bom-ref': ref,
    ...(group && { group }),
    name: plain,
    version,
    ...(description && { description }),
    licenses: [{ license: { id: license } }],
    purl: ref,
    ...(repository && { externalReferences: [{ type: 'vcs', url: urlOf(repository) }] }),
  };
}

/** @param {string | null} name @param {string | null} version */
const purl = (name, version) => `pkg:npm/${(name ?? '').replace('@', '%40')}@${version}`;

/** @param {NonNullable<Dependency['repository']>} repository */
const urlOf = (repository) => (typeof repository === 'string' ? repository : repository.url);
