import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import { test } from 'node:test';
import { portOf, serve } from '../../scripts/serve.mjs';
import { draw } from './support/hand.js';
import { phone, textOf, useSite, waitForText } from './support/site.js';

const visit = useSite();
const answer = '#answer .label';

test('after one visit, every page works without a network', async () => {
  const server = await serve({ root: 'site' });
  await visit(`${server.url}demos/draw/`, async (page) => {
    await waitForText(page, '#runs', /WASM/);
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    await server.close(); // so that nothing answers, whoever asks
    await page.setOfflineMode(true);

    // The page that is open, with a network and a worker that it has not had yet.
    await page.select('#network', 'mnist-softmax');
    await page.waitForFunction(() => location.hash.includes('mnist-softmax'));
    await draw(page, '7');
    await waitForText(page, answer, /^7$/);

    await page.reload();
    await waitForText(page, '#runs', /WASM/);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await waitForText(page, answer, /^7$/); // the drawing is still there
    await page.click('#clear');
    await draw(page, '1');
    await waitForText(page, answer, /^1$/);

    for (const link of await page.$$eval('nav a', (links) => links.map((link) => link.href))) {
      await page.goto(link);
      await waitForText(page, '#runs, #about', /WASM|as it came/i);
    }
    await page.goto(new URL('../', page.url()).href);
    assert.match(await textOf(page, 'h1'), /handful/);
  });
});

test('ink that is drawn before the script is there is read', async () => {
  // A server that keeps the page's script back until the drawing is done.
  let drawn: () => void = () => {};
  const done = new Promise<void>((resolve) => (drawn = resolve));
  const server = await serve({ root: 'site' });
  const gate = createServer((request, response) => {
    const pass = () =>
      get(new URL(request.url!, server.url), { headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      }).on('error', () => response.destroy()); // asked for as the page and the server went
    void (/shared-.*\.js/.test(request.url!) ? done : Promise.resolve()).then(pass);
  });
  await new Promise<void>((listening) => gate.listen(0, 'localhost', listening));
  try {
    await visit(
      `http://localhost:${portOf(gate)}/demos/icons/192.png`,
      async (page) => {
        await page.evaluate(() => void (location.href = '../draw/'));
        await page.waitForSelector('#pad');
        assert.equal(await page.evaluate(() => customElements.get('ink-pad') === undefined), true);
        await draw(page, '4', { by: 'touch' });
        assert.equal((await page.$$('.early-ink')).length, 2);
        drawn();
        await waitForText(page, answer, /^4$/);
        assert.equal((await page.$$('.early-ink')).length, 0);
      },
      { viewport: phone },
    );
  } finally {
    drawn();
    gate.close();
    gate.closeAllConnections();
    await server.close();
  }
});

test('the app can be installed', () =>
  visit('/demos/', async (page) => {
    const client = await page.createCDPSession();
    const { manifest, errors } = await client.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    assert.ok(manifest);
    const { installabilityErrors } = await client.send('Page.getInstallabilityErrors');
    assert.deepEqual(
      installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
      [],
    );
  }));
