// The site: the documents of docs/, the API that TypeDoc makes of the sources, and a playground. Built by npm run docs.
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const docs = fileURLToPath(new URL('../..', import.meta.url));
/** Where the sources can be read, if that is anywhere; links to them are plain text elsewhere. */
const repository = process.env.REPOSITORY_URL;

const pages = (/** @type {[string, string][]} */ ...items) => items.map(([text, link]) => ({ text, link }));
const apiSidebar = resolve(docs, 'api/typedoc-sidebar.json');

export default defineConfig({
  title: 'handful',
  description: 'Teach a neural network with a handful of examples, in the browser, on the user’s own device.',
  lang: 'en',
  base: process.env.SITE_BASE ?? '/',
  srcDir: '..',
  srcExclude: ['site/**', '**/README.md'],
  outDir: '../../site',
  cacheDir: '../../.cache/vitepress',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: `${process.env.SITE_BASE ?? '/'}icon.svg` }]],
  ignoreDeadLinks: [/^\/demos/],
  vite: { publicDir: resolve(docs, 'site/public'), logLevel: 'warn', build: { chunkSizeWarningLimit: 2000 } },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'ink-pad' } } },
  markdown: { config: (md) => md.use(linksOutside) },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: pages(
      ['Guide', '/start'],
      ['API', '/api/'],
      ['Playground', '/playground'],
      ['Benchmark', '/benchmark'],
    ).concat({
      text: 'Try it',
      link: '/demos/',
      ...{ target: '_self' },
    }),
    sidebar: {
      '/api/': existsSync(apiSidebar) ? JSON.parse(readFileSync(apiSidebar, 'utf8')) : [],
      '/': [
        {
          text: 'Begin',
          items: pages(
            ['In five minutes', '/start'],
            ['Playground', '/playground'],
            ['What it does not do', '/limits'],
          ),
        },
        {
          text: 'Guides',
          items: pages(
            ['Drawing and reading', '/draw'],
            ['Teaching', '/teach'],
            ['How much data', '/learning'],
            ['Whole numbers', '/numbers'],
            ['Paper', '/paper'],
            ['Photos', '/photos'],
            ['Networks of your own', '/networks'],
            ['Elements: React, Vue, Svelte, Angular', '/elements'],
          ),
        },
        {
          text: 'In production',
          items: pages(
            ['Deploying and policies', '/deploying'],
            ['Without a network', '/offline'],
            ['Privacy', '/privacy'],
            ['Errors', '/errors'],
            ['Backends', '/backends'],
            ['Contexts and limits', '/contexts'],
            ['Testing an app', '/testing'],
          ),
        },
        {
          text: 'With others',
          items: pages(
            ['Moving from other libraries', '/moving'],
            ['Formats', '/formats'],
            ['PyTorch', '/pytorch'],
            ['Federated averaging', '/federated'],
          ),
        },
        {
          text: 'Behind it',
          items: pages(
            ['How it works', '/how'],
            ['Benchmark', '/benchmark'],
            ['Published experiments', '/reproduction'],
          ),
        },
      ],
    },
  },
});

/** Links out of docs/ lead to the repository, or are no links. @param {import('markdown-it').default} md */
function linksOutside(md) {
  const isOutside = (/** @type {string} */ href) => /^\.\.\//.test(href) || /\.(json|mjs|ts)$/.test(href);
  md.core.ruler.push('links-outside', ({ tokens, env }) => {
    for (const { children } of tokens) {
      if (!children) continue;
      for (const [i, token] of children.entries()) {
        const href = token.type === 'link_open' && String(token.attrGet('href'));
        if (!href || /^\w+:/.test(href) || !isOutside(href)) continue;
        const path = relative(resolve(docs, '..'), resolve(docs, env.relativePath, '..', href));
        const close = children.slice(i).find(({ type }) => type === 'link_close');
        if (repository) token.attrSet('href', `${repository}/blob/main/${path}`);
        else
          for (const each of [token, close])
            if (each) Object.assign(each, { type: 'text', tag: '', content: '', nesting: 0 });
      }
    }
  });
}
