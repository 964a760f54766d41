// Keras's and TensorFlow.js's files, read by the package as a user installs it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { launch } from 'puppeteer-core';
import type { Browser } from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';
import { installPacked } from './support/install.js';

const project = installPacked();
const write = (file: string, content: string | Uint8Array) => writeFileSync(join(project.folder, file), content);
const fixture = (name: string) => gunzipSync(readFileSync(`test/fixtures/keras/${name}.gz`));
const cases = JSON.parse(readFileSync('test/fixtures/keras/cases.json', 'utf8'));

describe('in Node', () => {
  it('a .keras file answers as in Keras, and comes back from a TensorFlow.js file', () => {
    write('tutorial.keras', fixture('tutorial.keras'));
    write('inputs.json', JSON.stringify(cases.tutorial.inputs.slice(0, 36)));
    write(
      'node.mjs',
      `import { readFileSync } from 'node:fs';
      import { load } from 'handful';
      const input = Float32Array.from(JSON.parse(readFileSync('inputs.json', 'utf8')));
      const first = await load(readFileSync('tutorial.keras'), { labels: ['a', 'b', 'c', 'd'] });
      const file = await first.export({ format: 'tfjs' });
      const second = await load(file);
      const answers = [await first.predict(input), await second.predict(input)];
      console.log(JSON.stringify(answers.map(({ label, probabilities }) => ({ label, probabilities }))));
      first.dispose();
      second.dispose();`,
    );
    const [first, second] = JSON.parse(project.node('node.mjs'));
    const logits: number[] = cases.tutorial.outputs[0];
    assert.equal(first.label, 'abcd'[logits.indexOf(Math.max(...logits))]);
    assert.deepEqual(second, first);
  });
});

describe('in Chromium', { timeout: 240_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  before(async () => {
    write(
      'export.mjs',
      `import { writeFileSync } from 'node:fs';
      import { load } from 'handful';
      const digits = await load('mnist-lenet5');
      writeFileSync('model.zip', new Uint8Array(await (await digits.export({ format: 'tfjs' })).arrayBuffer()));
      digits.dispose();`,
    );
    project.node('export.mjs');
    const { 'model.json': json, 'weights.bin': weights } = unzipSync(readFileSync(join(project.folder, 'model.zip')));
    assert.ok(json && weights);
    const described = JSON.parse(new TextDecoder().decode(json));
    described.weightsManifest[0].paths = ['shards/1of2.bin', 'shards/2of2.bin'];
    mkdirSync(join(project.folder, 'model/shards'), { recursive: true });
    write('model/model.json', JSON.stringify(described));
    write('model/shards/1of2.bin', weights.slice(0, 100_001));
    write('model/shards/2of2.bin', weights.slice(100_001));
    described.weightsManifest[0].paths.push('shards/gone.bin');
    write('model/broken.json', JSON.stringify(described));
    write('index.html', '<!doctype html><title>formats</title>');
    browser = await launch(launchOptions());
    server = await serve({ root: project.folder, isolated: false });
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  async function inPage(body: string): Promise<unknown> {
    const page = await browser.newPage();
    await page.goto(`${server.url}index.html`);
    const result = await page.evaluate(`(async () => {
      const { load } = await import('/node_modules/handful/dist/index.js');
      const one = { strokes: [[[50, 10], [50, 90]]] };
      const options = { backend: 'wasm' };
      ${body}
    })()`);
    await page.close();
    return result;
  }

  it('a model.json by URL, with its shards, told as one progress', async () => {
    const result = await inPage(`
      const fractions = [];
      const digits = await load('model/model.json', { ...options, onProgress: ({ fraction }) => fractions.push(fraction) });
      return { label: (await digits.predict(one)).label, fractions };`);
    const { label, fractions } = result as { label: string; fractions: number[] };
    assert.equal(label, '1');
    assert.ok((fractions[0] ?? 1) < 0.1 && fractions.at(-1) === 1, String(fractions));
  });

  it('files that a person chose, in any order', async () => {
    const label = await inPage(`
      const file = async (name) => new File([await (await fetch('model/' + name)).blob()], name.split('/').pop());
      const digits = await load([await file('shards/2of2.bin'), await file('model.json'), await file('shards/1of2.bin')], options);
      return (await digits.predict(one)).label;`);
    assert.equal(label, '1');
  });

  it('shards and files that are missing are named', async () => {
    const said = await inPage(`
      const errors = [];
      const json = new File([await (await fetch('model/model.json')).blob()], 'model.json');
      for (const source of ['model/broken.json', [json], [json, json], [1], []])
        await load(source, options).catch(({ code, message }) => errors.push(code + ': ' + message));
      return errors;`);
    const [gone, absent, twice, number, none] = said as string[];
    assert.match(String(gone), /^not-found: .*shards\/gone\.bin/);
    assert.match(String(absent), /^not-found: model\.json names "shards\/1of2\.bin"/);
    assert.match(String(twice), /^bad-argument: Expected one model file/);
    assert.match(String(number), /^bad-argument: A list to load holds Files/);
    assert.match(String(none), /^bad-argument: Expected one model file/);
  });
});
