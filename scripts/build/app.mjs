// The demo pages as one installable app, by Vite: heads of pages, and the service worker that keeps the app.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild, transform } from 'esbuild';
import { filled, languages, wordsOf } from './words.mjs';

/** @import { InlineConfig, Plugin, Rolldown } from 'vite' */

const project = fileURLToPath(new URL('../..', import.meta.url));
const root = resolve(project, 'demos');
const published = resolve(root, 'public');

// What is drawn before the element is there (demos/shared/early-ink.js) looks as it will then.
const earlyStyle = `ink-pad:not(:defined) { touch-action: none; border-radius: 1rem; background: var(--card); box-shadow: 0 0 0 1px var(--line) }
.early-ink { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; fill: none; stroke: var(--ink);
  stroke-width: 5cqi; stroke-linecap: round; stroke-linejoin: round }`;

/**
 * The app in `outDir`, to be served from any folder.
 * @param {string} outDir
 * @returns {InlineConfig}
 */
export function appConfig(outDir) {
  const pages = filesOf(root).filter((file) => file.endsWith('/index.html'));
  return {
    configFile: false,
    root,
    base: './',
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^handful$/, replacement: resolve(project, 'dist/index.js') },
        { find: /^handful\/elements$/, replacement: resolve(project, 'dist/elements.js') },
      ],
    },
    server: { fs: { allow: [project] } },
    worker: { format: 'es', rolldownOptions: { output: { assetFileNames } } },
    build: {
      outDir: resolve(outDir),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: pages,
        checks: { pluginTimings: false, ineffectiveDynamicImport: false }, // elements fetch the SDK, if a page has not
        // One file beside a page's own: on a slow network every request more costs a wait.
        output: {
          assetFileNames,
          codeSplitting: {
            groups: [
              {
                name: 'shared',
                test: /(demos.shared.(?!offline|language|early-ink)[\w-]+|dist.(index|elements)|preload-helper)\.js$/,
              },
            ],
          },
        },
      },
    },
    plugins: [inWorkersOnly(), packageItself(), parts(), words(), styles(), heads(), preloads(), offline()],
  };
}

/** Weights are called after their network. @param {Rolldown.PreRenderedAsset} asset */
function assetFileNames({ originalFileNames: [path = ''] }) {
  const [, network] = /pretrained\/([\w-]+)\//.exec(path) ?? [];
  return `assets/${network ?? '[name]'}-[hash][extname]`;
}

/** The pages compute in workers: what would in the page itself is left out. @returns {Plugin} */
function inWorkersOnly() {
  return {
    name: 'in-workers-only',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith('/here/host.js') ? '\0host' : null),
    load: (id) => (id === '\0host' ? 'export const Host = undefined;' : null),
  };
}

/**
 * Pages that are saved as one file take the package's own files, which therefore lie beside the app.
 * @returns {Plugin}
 */
function packageItself() {
  return {
    name: 'package-itself',
    apply: 'build',
    transform: (code) => code.replace("new URL('../../dist/',", "new URL(/* @vite-ignore */ '../package/',"),
    generateBundle() {
      for (const file of ['index.js', 'elements.js', 'here/host.js'])
        this.emitFile({
          type: 'asset',
          fileName: `package/${file}`,
          source: readFileSync(resolve(project, 'dist', file)),
        });
    },
  };
}

/** What several pages have stands in a file, and in each of them `<!-- FILE -->`. @returns {Plugin} */
function parts() {
  return {
    name: 'parts',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replaceAll(/<!-- (shared\/[\w-]+\.html) -->/g, (_, file) => readFileSync(resolve(root, file), 'utf8')),
    },
  };
}

/** Pages are written in English, and know where each language's words are. @returns {Plugin} */
function words() {
  return {
    name: 'words',
    configureServer({ middlewares }) {
      middlewares.use(async ({ url }, response, next) => {
        const found = url && (await languages()).find(({ file }) => url.startsWith(`/${file}`));
        if (!found) return next();
        response.setHeader('Content-Type', 'text/javascript').end(found.code);
      });
    },
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { filename }) {
        const up = relative(dirname(filename), root) || '.';
        const all = await languages();
        const known = all.map(({ lang, name, dir, file }) => [lang, { url: `${up}/${file}`, name, dir }]);
        const links = all.map(
          ({ lang, name }) => `<a href="?lang=${lang}" lang="${lang}" hreflang="${lang}">${name}</a>`,
        );
        const source = readFileSync(resolve(root, 'shared/language.js'), 'utf8');
        const define = { LANGUAGES: JSON.stringify(Object.fromEntries(known)) };
        const { code } = await transform(source, { minify: true, define });
        const style = '.translating body { visibility: hidden }'; // it has its place, and no words yet
        return {
          html: filled(html, await wordsOf('en')).replace('<!-- languages -->', links.join('\n')),
          tags: [
            { tag: 'style', children: style, injectTo: 'head' },
            { tag: 'script', children: code, injectTo: 'head' },
          ],
        };
      },
    },
    async generateBundle() {
      for (const { file, code } of await languages()) this.emitFile({ type: 'asset', fileName: file, source: code });
    },
  };
}

/**
 * Style sheets stand in the page itself, in its own order: they are short, and what is shown first waits for no request more.
 * @returns {Plugin}
 */
function styles() {
  return {
    name: 'styles',
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { filename }) {
        const links = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)" \/>\s*/g)];
        const sheets = links.map(([, href]) => readFileSync(resolve(dirname(filename), href), 'utf8'));
        const { code } = await transform(sheets.join('\n'), { loader: 'css', minify: true });
        const without = links.reduce((text, [link]) => text.replace(link, ''), html);
        return { html: without, tags: [{ tag: 'style', children: code, injectTo: 'head' }] };
      },
    },
  };
}

/** What every page's head has besides its own. @returns {Plugin} */
function heads() {
  return {
    name: 'heads',
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { filename }) {
        const up = relative(dirname(filename), root) || '.';
        const [, title] = /<title.*?>(.*?)<\/title>/.exec(html) ?? [];
        const [, description] = /name="description".*?\scontent="(.*?)"/s.exec(html) ?? [];
        const meta = (/** @type {Record<string, string>} */ attrs) => ({ tag: 'meta', attrs });
        const link = (/** @type {Record<string, string>} */ attrs) => ({ tag: 'link', attrs });
        const { code } = await transform(readFileSync(resolve(root, 'shared/early-ink.js'), 'utf8'), { minify: true });
        /** @type {import('vite').HtmlTagDescriptor[]} */
        const tags = [
          meta({ name: 'theme-color', content: '#f7f5f0', media: '(prefers-color-scheme: light)' }),
          meta({ name: 'theme-color', content: '#171614', media: '(prefers-color-scheme: dark)' }),
          link({ rel: 'manifest', href: `${up}/manifest.webmanifest` }),
          link({ rel: 'apple-touch-icon', href: `${up}/icons/180.png` }),
          meta({ property: 'og:type', content: 'website' }),
          meta({ property: 'og:title', content: title ?? 'handful' }),
          meta({ property: 'og:description', content: description ?? '' }),
          // Who shows a link wants a whole address; it is known where the site is published.
          meta({ property: 'og:image', content: `${process.env.SITE_URL ?? up}/icons/card.png` }),
          meta({ name: 'twitter:card', content: 'summary_large_image' }),
          ...(html.includes('<ink-pad')
            ? [
                { tag: 'style', children: earlyStyle },
                { tag: 'script', children: code },
              ]
            : []),
          { tag: 'script', attrs: { type: 'module', src: `${up}/shared/offline.js` } },
        ];
        return tags.map((tag) => ({ ...tag, injectTo: 'head' })); // after the charset, which has to come early
      },
    },
  };
}

/**
 * The worker's scripts and the first weights are asked for with the page: they come while the page's own script does,
 * and the worker finds them in the browser's cache.
 * @returns {Plugin}
 */
function preloads() {
  return {
    name: 'preloads',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const names = Object.keys(bundle);
        const worker = names.filter((name) => /(handful\.worker|serve-host[\w.]*)-[\w-]+\.js$/.test(name));
        for (const page of Object.values(bundle)) {
          const folder = dirname(page.fileName);
          const network = page.type === 'asset' && page.fileName.endsWith('.html') && firstNetwork(String(page.source));
          if (!network) continue;
          const weights = names.find((name) => name.startsWith(`assets/${network}-`));
          const links = [...worker, weights]
            .map((name) => relative(folder, String(name)))
            .map((href) => `<link rel="preload" as="fetch" crossorigin href="${href}">`);
          page.source = String(page.source).replace('</head>', `  ${links.join('\n    ')}\n  $&`);
        }
      },
    },
  };
}

/** The network that a page starts with, if any. @param {string} html */
function firstNetwork(html) {
  if (html.includes('<ink-pad')) return 'mnist-lenet5';
  return html.includes('id="camera"') ? 'cifar10-resnet' : undefined;
}

/**
 * The service worker, told all files of the app and, of those whose name does not say it, their version.
 * @returns {Plugin}
 */
function offline() {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const files = Object.values(bundle).map((file) => ({ url: file.fileName, revision: revisionOf(file) }));
        for (const file of filesOf(published))
          files.push({ url: relative(published, file), revision: hash(readFileSync(file)) });
        const { outputFiles } = await esbuild({
          entryPoints: [resolve(root, 'service-worker.js')],
          bundle: true,
          minify: true,
          write: false,
          define: { FILES: JSON.stringify(files), 'process.env.NODE_ENV': '"production"' },
        });
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: outputFiles[0].text });
      },
    },
  };
}

/** None where the name has a hash. @param {Rolldown.OutputAsset | Rolldown.OutputChunk} file */
function revisionOf(file) {
  if (/^assets\/.*-[\w-]{8}\.\w+$/.test(file.fileName)) return null;
  return hash(file.type === 'asset' ? file.source : file.code);
}

/** @param {string | Uint8Array} content */
const hash = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** All files in a folder and below. @param {string} folder */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
