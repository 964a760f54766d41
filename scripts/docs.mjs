// Builds the site into site/: the documents with the API and a search, by VitePress, and the demo pages. npm run docs
// [-- --dev] serves the documents as they are edited. What makes the site is fetched from npm at the first run, into
// docs/site/node_modules; SITE_URL, SITE_BASE and REPOSITORY_URL say where it will be and where the sources are.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';

const SITE = 'docs/site';
const isDev = process.argv.includes('--dev');
const run = (/** @type {string} */ file, /** @type {string[]} */ ...args) =>
  execFileSync(file, args, { stdio: 'inherit' });

if (!existsSync(`${SITE}/node_modules/vitepress`)) run('npm', 'ci', '--prefix', SITE, '--no-audit', '--no-fund');

execFileSync('node_modules/.bin/typedoc', ['--logLevel', 'Warn'], { stdio: 'inherit', cwd: SITE });
await writeFile('docs/api/typedoc-sidebar.json', JSON.stringify(await apiSidebar(), null, 2));

// What the playground runs, and pictures that documents do not show.
const open = `${SITE}/public`;
await rm(open, { recursive: true, force: true });
await mkdir(`${open}/handful/pretrained`, { recursive: true });
await cp('dist', `${open}/handful/dist`, {
  recursive: true,
  filter: (from) => !/dist.(node|here)|\.d\.ts$/.test(from),
});
await cp('pretrained/mnist-lenet5', `${open}/handful/pretrained/mnist-lenet5`, { recursive: true });
await cp('demos/shared/icon.svg', `${open}/icon.svg`);
await cp('docs/handful.svg', `${open}/handful.svg`);

const vitepress = `${SITE}/node_modules/.bin/vitepress`;
if (isDev) run(vitepress, 'dev', SITE);
else {
  run(vitepress, 'build', SITE);
  run('node', 'scripts/demos.mjs');
  console.log('The site is in site/; node scripts/serve.mjs serves it.');
}

/** What the API has, by entry and kind, as TypeDoc's own index lists it. */
async function apiSidebar() {
  const groups = [];
  for (const [, title, path] of (await readFile('docs/api/index.md', 'utf8')).matchAll(
    /^- \[(.*?)\]\((.*?)\/index\.md\)/gm,
  )) {
    const index = await readFile(`docs/api/${path}/index.md`, 'utf8');
    const found = [...index.matchAll(/^- \[(.*?)\]\((.*?)\.md\)$/gm)].map(([, text, link]) => ({
      text: text.replaceAll('\\', ''),
      link: `/api/${path}/${link}`,
    }));
    const isType = (/** @type {{ link: string }} */ { link }) => /\/(interfaces|type-aliases)\//.test(link);
    // What a classifier does is called as functions are; other interfaces only tell what is passed.
    const first = (/** @type {{ link: string, text: string }} */ item) =>
      /\/functions\//.test(item.link) ? 0 : /^(Classifier|Regressor)$/.test(item.text) ? 1 : isType(item) ? 3 : 2;
    const items = found.filter((item) => first(item) < 3).sort((a, b) => first(a) - first(b));
    const types = { text: 'Types', collapsed: true, items: found.filter((item) => first(item) === 3) };
    groups.push({
      text: title,
      collapsed: groups.length > 0,
      items: [{ text: 'Overview', link: `/api/${path}/` }, ...items, ...(types.items.length > 0 ? [types] : [])],
    });
  }
  return groups;
}
