import assert from 'node:assert/strict';
import { it } from 'node:test';
import { languages, wordsOf } from '../../scripts/build/words.mjs';
import type { Messages } from '../../scripts/build/words.mjs';

/** Every message by its path. */
function flat(words: Messages, path = ''): [path: string, text: string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flat(value, `${path}${key}.`),
  );
}

/** What a message takes, and the tags that it holds: those it shares with all languages. */
function holes(text: string): string[] {
  const names = [...text.matchAll(/(?<!(?:one|other|zero|two|few|many) ?)\{(\w+)(?=[,}])/g)];
  return [...new Set(names.map(([, name]) => name!))].sort();
}
const tags = (text: string) => [...text.matchAll(/<\/?\w+/g)].map(([tag]) => tag).sort();

const english = new Map(flat(await wordsOf('en')));
const others = (await languages()).filter(({ lang }) => lang !== 'en');

it('pages speak six languages, of which Arabic is written from right to left', () =>
  assert.deepEqual(
    others.map(({ lang, dir }) => `${lang} ${dir}`),
    ['ar rtl', 'de ltr', 'es ltr', 'fr ltr', 'ja ltr'],
  ));

for (const { lang, code } of others)
  it(`what pages say is whole in ${lang}: the same messages, values, tags, and a plural for every number`, async () => {
    const words = flat(await wordsOf(lang));
    assert.deepEqual(
      words.map(([path]) => path),
      [...english.keys()],
    );
    const tag = new Map(words).get('about.tag')!;
    const plurals = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    for (const [path, text] of words) {
      if (path.startsWith('about.')) continue;
      assert.deepEqual(holes(text), holes(english.get(path)!), `${path}: ${text}`);
      assert.deepEqual(tags(text), tags(english.get(path)!), `${path}: ${text}`);
      if (text.includes(', plural,') && plurals.length > 3)
        for (const category of plurals.filter((each) => each !== 'other'))
          assert.match(text, new RegExp(`\\b${category} \\{`), path);
    }
    const { default: say } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    assert.match(say.common.threads({ n: 3 }), /3/); // in these digits, whatever the language
    assert.match(say.teach.curve({ title: 'T', n: 11, lines: 'L' }), /11/);
  });
