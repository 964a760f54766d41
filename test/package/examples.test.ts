// Every `@example` of the published types is run, in a page, and what it declares is what it says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import type * as Handful from 'handful';
import type * as Torch from 'handful/torch';
import { launch } from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';
import { launchOptions } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';

interface Documented {
  /** What is declared, as `load`, `Classifier.predict`. */
  name: string;
  example: string | undefined;
}

/** What an entry's types declare, with its example. */
function documented(entry: string): Documented[] {
  const found: Documented[] = [];
  let owner = '';
  const declaration =
    /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?^(declare function (\w+)|(?:declare class|interface) (\w+)|    (?!get |set |constructor)(\w+)\(.*\): .*;$|})/gm;
  for (const [, comment = '', text, name, type, method] of readFileSync(entry, 'utf8').matchAll(declaration)) {
    if (type || text === '}') owner = type ?? '';
    if (text === '}') continue;
    const [, example] = /@example\s([^]*?)(?=\n\s*\* @|$)/.exec(comment) ?? [];
    found.push({
      name: name ?? (method ? `${owner}.${method}` : type!),
      example: example?.replace(/^\s*\* ?/gm, '').trim(),
    });
  }
  return found;
}

const all = ['index', 'elements', 'torch'].flatMap((entry) => documented(`dist/${entry}.d.ts`));
const examples = all.flatMap(({ name, example }) => (example ? [{ name, example }] : []));

/** What examples take for granted, made in the page. */
const world = `
  const { create, forget, HandfulError, lenet5, load, miniVgg, mlp, resnet, resnet9, saved } = handful;
  const line = (...points) => points.map(([x, y]) => [100 * x, 100 * y]);
  const seven = [line([0.3, 0.2], [0.7, 0.2], [0.45, 0.8])];
  const one = [line([0.5, 0.2], [0.49, 0.5], [0.5, 0.8])];
  const drawn = (...numerals) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 100 * numerals.length, height: 100 });
    const context = canvas.getContext('2d');
    Object.assign(context, { lineWidth: 7, lineCap: 'round', lineJoin: 'round' });
    for (const [i, strokes] of numerals.entries())
      for (const stroke of strokes) {
        context.beginPath();
        for (const [x, y] of stroke) context.lineTo(x + 100 * i, y);
        context.stroke();
      }
    return canvas;
  };
  const canvas = name === 'Classifier.read' ? drawn(seven, one) : drawn(seven);
  const canvases = [drawn(seven), drawn(one)];
  const drawings = [{ canvas: drawn(seven), digit: 7 }, { canvas: drawn(one), digit: 1 }];
  const shapes3 = { circle: [line([0.5, 0.2], [0.8, 0.5], [0.5, 0.8], [0.2, 0.5], [0.5, 0.2])], cross: [line([0.2, 0.2], [0.8, 0.8]), line([0.8, 0.2], [0.2, 0.8])], line: one };
  const samples = /create/.test(name)
    ? Object.entries(shapes3).map(([label, strokes]) => ({ input: { strokes }, label }))
    : [{ input: { strokes: seven }, label: 7 }, { input: { strokes: one }, label: 1 }];
  const points = Array.from({ length: 24 }, (_, i) => ({ x: i / 23, y: Math.sin(i / 23) }));
  const signal = AbortSignal.abort();
  const bar = document.createElement('progress');
  const link = document.createElement('a');
  const show = () => {};
  const sines = async () => {
    const net = await create(mlp([1, 32, 1], { activation: 'tanh' }), { loss: 'squaredError', seed: 1 });
    await net.fineTune(points.map(({ x, y }) => ({ input: [x], target: y })), { validation: 0 });
    return net;
  };
  document.body.innerHTML = '<ink-pad></ink-pad><digit-input></digit-input>';
`;

/** Runs in the page: an example as the body of a function, which tells what it declared. */
async function run(name: string, example: string, world: string): Promise<Record<string, unknown>> {
  const [index, elements] = ['/dist/index.js', '/dist/elements.js'];
  const handful: unknown = await import(index);
  await import(elements);
  const declares = (word: string) => new RegExp(`(const|let) (\\{[^}]*)?\\b${word}\\b`).test(example);
  const given = [
    !declares('digits') && /\bdigits\b/.test(example) && "const digits = await load('mnist-lenet5');",
    /\bothers\b/.test(example) && "const others = await load('mnist-lenet5');",
    !declares('sine') && /\bsine\b/.test(example) && 'const sine = await sines();',
    /indexeddb:sine/.test(example) && "await (await sines()).save('sine');",
    /\bsaved\(|forget\(/.test(example) && "await (await load('mnist-softmax')).save('my-hand');",
    !declares('field') &&
      /\bfield\b/.test(example) &&
      "const field = document.querySelector('digit-input'); field.classifier = await load('mnist-lenet5');",
  ];
  const names = [...example.matchAll(/^const (?:(\w+)|\{([^}]*)\}|\[([^\]]*)\]) =/gm)].flatMap(([, one, ...several]) =>
    one
      ? [one]
      : several
          .join()
          .split(',')
          .map((each) => each.trim())
          .filter(Boolean),
  );
  const Act = Object.getPrototypeOf(run).constructor as new (
    ...code: string[]
  ) => (...values: unknown[]) => Promise<Record<string, unknown>>;
  // What the page gives may be declared by the example too, which is a scope within.
  const code = `${world}
    ${given.filter(Boolean).join('\n')}
    { ${example}
      return { ${names.join(', ')} }; }`;
  const declared = await new Act('handful', 'name', code)(handful, name);
  const plain = (value: unknown) => (value instanceof Blob ? { size: value.size } : value);
  return JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, plain(value)]))),
  ) as Record<string, unknown>;
}

/** What some of the examples declare. */
interface Told {
  label: string;
  confidence: number;
  predictions: { label: string }[];
  text: string;
  characters: unknown[];
  accuracy: number;
  report: { note: string };
  file: { size: number };
  mine: Record<string, object>;
  name: string;
  values: number[];
  curve: unknown[];
  loss: number;
}

/** What examples say that they get. */
const outcomes: Record<string, (told: Told) => void> = {
  'Classifier.predict': ({ label, confidence }) => assert.ok(label === '7' && confidence > 0.9),
  'Classifier.predictBatch': ({ predictions }) =>
    assert.deepEqual(
      predictions.map(({ label }) => label),
      ['7', '1'],
    ),
  'Classifier.read': ({ text, characters }) => assert.ok(text === '71' && characters.length === 2),
  'Classifier.evaluate': ({ accuracy }) => assert.equal(accuracy, 1),
  'Classifier.fineTune': ({ report }) => assert.match(report.note, /\w/),
  'Handle.export': ({ file }) => assert.ok(file.size > 100_000),
  'Handle.weights': ({ mine }) => assert.equal(Object.keys(mine['fc3.bias']!).length, 10),
  saved: ({ name }) => assert.equal(name, 'my-hand'),
  'Regressor.predict': ({ values }) => assert.ok(Math.abs(values[0]! - 0.479) < 0.05, String(values)),
  'Regressor.predictBatch': ({ curve }) => assert.equal(curve.length, 3),
  'Regressor.evaluate': ({ loss }) => assert.ok(loss < 0.01, String(loss)),
  'Regressor.fineTune': ({ report }) => assert.match(report.note, /\w/),
};

describe('examples', { timeout: 300_000 }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;
  before(async () => {
    server = await serve({ isolated: false });
    browser = await launch(launchOptions());
    page = await browser.newPage();
    await page.goto(`${server.url}test/engines/empty.html`);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('are there for every public function', () => {
    const without = all.filter(({ name, example }) => {
      const isFunction =
        /^[a-z]/.test(name) || /^(Handle|Classifier|Regressor)\./.test(name) || name === 'DigitInput.learn';
      // A handle's are described where they are typed: by Classifier and Regressor.
      return isFunction && !example && !/^Handle\.(predict|predictBatch|read|evaluate|fineTune)$/.test(name);
    });
    assert.deepEqual(without, []);
    assert.ok(examples.length >= 30, `${examples.length} examples`);
  });

  for (const { name, example } of examples.filter(({ name }) => name !== 'toTorch'))
    it(name, async () => {
      const declared = await page.evaluate(run, name, example, world);
      outcomes[name]?.(declared as unknown as Told);
    });

  it('toTorch', async () => {
    const { example } = examples.find(({ name }) => name === 'toTorch')!;
    const [torch, main] = ['torch.js', 'index.js'].map((file) => pathToFileURL(`dist/node/${file}`).href);
    const { toTorch } = (await import(torch!)) as typeof Torch;
    const { lenet5 } = (await import(main!)) as typeof Handful;
    const folder = await mkdtemp(join(tmpdir(), 'handful-'));
    try {
      const write = (name: string, text: string) => writeFile(join(folder, name), text);
      await runInNewContext(`(async () => { ${example} })()`, { lenet5, toTorch, writeFile: write });
      assert.match(await readFile(join(folder, 'lenet5.py'), 'utf8'), /class Lenet5\(nn\.Module\)/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
