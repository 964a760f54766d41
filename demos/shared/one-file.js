import { say, Trouble } from './say.js';

/** @import { Classifier } from 'handful' */

/** Where the package's files lie. */
const dist = new URL('../../dist/', import.meta.url);

/**
 * A page that needs nothing beside itself, no server and no network: its script and the network's weights are in it.
 * @param {Classifier} classifier
 * @param {string} title
 */
export async function oneFile(classifier, title) {
  const [index, host, elements, weights] = await Promise.all([
    script('index.js'),
    script('here/host.js'),
    script('elements.js'),
    classifier.export().then(dataUrl),
  ]);
  const imports = { handful: index, 'handful/here': host, 'handful/elements': elements };
  return new Blob([pageOf(escaped(title), JSON.stringify({ imports }), weights)], { type: 'text/html' });
}

/** The weights in such a page, for who wants to go on teaching. @param {Blob} page */
export async function weightsOf(page) {
  const weights = new DOMParser().parseFromString(await page.text(), 'text/html').querySelector('#weights');
  const url = weights?.textContent.trim() ?? '';
  if (!url.startsWith('data:')) throw new Trouble(say.trouble.noWeights);
  return (await fetch(url)).blob();
}

/**
 * A module of the package as an address of its own. What is imported beside it goes by a bare name, which the page's
 * import map knows; a relative one would have nothing to be relative to.
 * @param {string} file
 */
async function script(file) {
  const response = await fetch(new URL(file, dist));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  const source = (await response.text())
    .replaceAll('"./here/host.js"', '"handful/here"')
    .replaceAll('import.meta.url', 'document.baseURI');
  return dataUrl(new Blob([source], { type: 'text/javascript' }));
}

/** @param {Blob} blob @returns {Promise<string>} */
function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('unreadable')));
    reader.readAsDataURL(blob);
  });
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** @param {string} title @param {string} imports @param {string} weights */
function pageOf(title, imports, weights) {
  return `<!doctype html>
<html lang="${say.about.tag}" dir="${say.about.dir}">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>${title}</title>
  <style>
    :root { color-scheme: light dark }
    body { max-width: 24rem; margin: 1rem auto; padding: 0 1rem; font: 1.1rem system-ui, sans-serif; text-align: center }
    ink-pad { width: 100% }
    output { display: block; min-height: 1.3em; font-size: 3rem }
  </style>
  <h1>${title}</h1>
  <ink-pad controls aria-label="${say.common.pad}">${say.use.drawHere}</ink-pad>
  <output aria-live="polite"></output>
  <script type="importmap">${imports}</script>
  <script type="module">
    import { load } from 'handful';
    import 'handful/elements';

    const weights = await (await fetch(document.querySelector('#weights').textContent.trim())).blob();
    const network = await load(weights, { backend: 'wasm', worker: false });
    const pad = document.querySelector('ink-pad');
    pad.addEventListener('change', async () => {
      const { label } = await network.predict(pad.value);
      document.querySelector('output').textContent = label ?? '';
    });
  </script>
  <script type="text/plain" id="weights">${weights}</script>
</html>
`;
}
