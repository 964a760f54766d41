import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { installPacked } from './support/install.js';

const project = installPacked();
const write = (file: string, text: string) => writeFileSync(join(project.folder, file), text);

// The same in every context: by id with weights from a folder, and from a URL; both relative to where the script is.
write(
  'ask.js',
  `import { load } from '/node_modules/handful/dist/index.js';
  export async function ask(options) {
    const labels = [];
    try {
      for (const [source, more] of [
        ['mnist-lenet5', {}],
        ['mnist-lenet5', { assetBase: '/node_modules/handful/' }],
        ['/node_modules/handful/pretrained/mnist-lenet5/model.safetensors', {}],
      ]) {
        const digits = await load(source, { backend: 'wasm', ...more, ...options });
        labels.push((await digits.predict({ strokes: [[[50, 10], [50, 90]]] })).label);
        digits.dispose();
      }
      return labels.join();
    } catch ({ code, message }) {
      return [code, message].join(': ');
    }
  }`,
);
write('index.html', '<!doctype html><title>contexts</title>');
write(
  'frame.html',
  `<!doctype html><script type="module">
    import { ask } from './ask.js';
    parent.postMessage(await ask({ worker: location.hash !== '#here' }), '*');
  </script>`,
);
write('dedicated.js', `import { ask } from './ask.js'; postMessage(await ask());`);
write(
  'shared.js',
  `import { ask } from './ask.js';
  onconnect = async ({ ports: [port] }) => port.postMessage(await ask());`,
);
write(
  'service.js',
  `import { ask } from './ask.js';
  addEventListener('message', (event) => event.waitUntil(ask().then((answer) => event.source.postMessage(answer))));`,
);

const answered = '1,1,1';

/** How a page asks each context, as the text of a promise. */
const contexts: Record<string, { ask: string; answer: string | RegExp }> = {
  'a page': { ask: `import('/ask.js').then(({ ask }) => ask())`, answer: answered },
  "a page's own thread": { ask: `import('/ask.js').then(({ ask }) => ask({ worker: false }))`, answer: answered },
  'a dedicated worker': { ask: `heard(new Worker('/dedicated.js', { type: 'module' }))`, answer: answered },
  "a dedicated worker made of a blob's text": {
    ask: `heard(new Worker(URL.createObjectURL(new Blob(["import '" + location.origin + "/dedicated.js'"],
      { type: 'text/javascript' })), { type: 'module' }))`,
    answer: answered,
  },
  'a shared worker': { ask: `heard(new SharedWorker('/shared.js', { type: 'module' }).port)`, answer: answered },
  'an iframe': { ask: `framed('/frame.html')`, answer: answered },
  'an iframe without an origin, which may have no worker': {
    ask: `framed('/frame.html', 'allow-scripts')`,
    answer: /^worker: /,
  },
  'an iframe without an origin, in its own thread': {
    ask: `framed('/frame.html#here', 'allow-scripts')`,
    answer: answered,
  },
  'a service worker': {
    ask: `navigator.serviceWorker.register('/service.js', { type: 'module' })
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => (active.postMessage('ask'), heard(navigator.serviceWorker)))`,
    answer: /^worker: .*service worker/,
  },
};

const helpers = `
  const heard = (port) => new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
    port.onerror = (event) => resolve('failed: ' + event.message);
  });
  const framed = (src, sandbox) => {
    const frame = document.createElement('iframe');
    if (sandbox) frame.sandbox = sandbox;
    frame.src = src;
    document.body.append(frame);
    return heard(window);
  };`;

describe('contexts of the web', { timeout: 240_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  before(async () => {
    browser = await launch(launchOptions());
    // A frame without an origin is a stranger even to its own server.
    server = await serve({
      root: project.folder,
      isolated: false,
      headers: { 'Access-Control-Allow-Origin': '*' },
    });
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  for (const [name, { ask, answer }] of Object.entries(contexts))
    it(name, async () => {
      const page = await browser.newPage();
      await page.goto(`${server.url}index.html`);
      const actual = String(await page.evaluate(`(() => { ${helpers} return ${ask}; })()`));
      await page.close();
      if (typeof answer === 'string') assert.equal(actual, answer);
      else assert.match(actual, answer);
    });
});
