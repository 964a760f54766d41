// What a page's author and its visitor notice, through the public API of dist/: whole calls, start-up, bytes, memory.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/**
 * @import { Browser, WebWorker } from 'puppeteer-core'
 * @import { Subject } from './subjects.mjs'
 *
 * @typedef {object} Bench
 * @property {Browser} browser
 * @property {{ plain: string, isolated: string }} urls of servers, see peers.mjs
 * @property {Subject[]} subjects
 * @property {number} rounds
 * @property {(row: string) => boolean} asked
 * @property {(row: string, subject: string, unit: string, values: number[]) => void} record
 * @property {(text: string) => void} note
 *
 * @typedef {Bench & { places: { name: string, url: string }[], row: string }} Task
 */

const BLANK = 'bench/pages/blank.html';
const EPOCHS = 100;
const MEMORY_STEPS = 2000;

/**
 * Measures those rows that `asked` for, on one thread and, where that subject takes part, isolated with all.
 * @param {Bench} bench
 */
export async function sdkRows(bench) {
  const { subjects, urls, note } = bench;
  const all = subjects.some(({ name }) => name === 'handful-wasm-all');
  const places = [{ name: 'handful-wasm-1', url: urls.plain }];
  if (all) places.push({ name: 'handful-wasm-all', url: urls.isolated });
  for (const { row, measure } of measures) {
    if (!bench.asked(row)) continue;
    try {
      await measure({ ...bench, places, row });
    } catch (error) {
      note(`${row} could not be measured: ${firstLine(error)}`);
      process.exitCode = 1;
    }
  }
}

/** What went wrong, in a line. @param {unknown} error */
export function firstLine(error) {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}

/** @type {{ row: string, measure: (task: Task) => Promise<void> }[]} */
const measures = [
  { row: 'finetune160/lenet5', measure: fineTunes },
  { row: 'predict/typed-array', measure: predictions },
  { row: 'predict/canvas', measure: predictions },
  { row: 'load/mnist-lenet5', measure: loads },
  { row: 'bytes/', measure: bytes },
  { row: 'heap/growth', measure: memory },
  { row: 'tensors/growth', measure: tensors },
];

/**
 * Opens a page, with nothing cached, that has `draw()`, `expect()` and a `recipe`.
 * @param {Browser} browser @param {string} url
 */
async function open(browser, url) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(url + BLANK);
  await page.evaluate(() => {
    /** A seven, black on white, on a canvas of 280x280. */
    globalThis.draw = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 280, height: 280 });
      const pen = canvas.getContext('2d');
      if (!pen) throw new Error('This browser draws nothing.');
      pen.fillStyle = 'white';
      pen.fillRect(0, 0, 280, 280);
      Object.assign(pen, { lineWidth: 18, lineCap: 'round', lineJoin: 'round' });
      pen.lineTo(80, 70);
      pen.lineTo(200, 70);
      pen.lineTo(130, 220);
      pen.stroke();
      return canvas;
    };
    globalThis.recipe = { batchSize: 16, optimizer: 'adam', augment: false, validation: 0 };
    globalThis.expect = ({ label }) => {
      if (label !== '7') throw new Error(`A seven was read as ${label}.`);
    };
  });
  return { page, close: () => context.close() };
}

/**
 * Ms from 160 samples to the tuned model: 100 epochs of 16, nothing held back, a fresh network each time.
 * @param {Task} task
 */
async function fineTunes({ browser, places, subjects, rounds, row, record }) {
  const native = subjects.find(({ name }) => name === 'pytorch-1');
  /** @type {Map<string, number[]>} */
  const times = new Map();
  for (let i = 0; i < Math.ceil(rounds / 3); i++) {
    for (const { name, url } of places) {
      const { page, close } = await open(browser, url);
      addTo(times, name, await page.evaluate(fineTune, EPOCHS));
      await close();
    }
    if (native) addTo(times, native.name, await native.round(row, 0));
  }
  for (const [name, values] of times) record(row, name, 'ms', values);
}

/** @param {Map<string, number[]>} times @param {string} name @param {number} time */
function addTo(times, name, time) {
  times.set(name, [...(times.get(name) ?? []), time]);
}

/** In a page. @param {number} epochs */
async function fineTune(epochs) {
  const { create, lenet5 } = await import('/dist/index.js');
  const prototypes = Array.from({ length: 10 }, () => Float32Array.from({ length: 784 }, Math.random));
  const samples = Array.from({ length: 160 }, (_, i) => ({
    input: prototypes[i % 10].map((value) => (value + Math.random()) / 2),
    label: i % 10,
  }));
  const classifier = await create(lenet5(), { backend: 'wasm' });
  const start = performance.now();
  const report = await classifier.fineTune(samples, { ...recipe, epochs });
  const passed = performance.now() - start;
  if (report.history.length !== epochs || !(report.after.accuracy > 0.9))
    throw new Error(`${report.history.length} epochs learned ${100 * report.after.accuracy} %.`);
  return passed;
}

/** Median ms of a round trip from the main thread, with a typed array or a canvas. @param {Task} task */
async function predictions({ browser, places, rounds, row, record }) {
  for (const { name, url } of places) {
    const { page, close } = await open(browser, url);
    await page.evaluate(async () => {
      const { load } = await import('/dist/index.js');
      globalThis.digits = await load('mnist-lenet5', { backend: 'wasm' });
      globalThis.drawn = draw();
      const { image } = await digits.predict(drawn, { image: true });
      if (!image) throw new Error('No picture came of what the network saw.');
      globalThis.values = image.data;
    });
    const what = row.endsWith('canvas') ? 'drawn' : 'values';
    await page.evaluate(predict, what, 100); // until the engine has optimised it
    const values = [];
    for (let i = 0; i < rounds; i++) values.push(await page.evaluate(predict, what, 60));
    record(row, name, 'ms', values);
    await close();
  }
}

/**
 * Median over `count` groups; five calls at a time, since clocks of pages that are not isolated step by 0.1 ms.
 * @param {string} what `drawn` or `values` @param {number} count
 */
async function predict(what, count) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    for (let k = 0; k < 5; k++) expect(await digits.predict(what === 'drawn' ? drawn : values));
    times.push((performance.now() - start) / 5);
  }
  return times.sort((a, b) => a - b)[count >> 1];
}

/** Ms from the call of load() to the first answer, in a page that has the entry and nothing else. @param {Task} task */
async function loads({ browser, places, rounds, row, record }) {
  /** @type {Map<string, number[]>} */
  const times = new Map();
  for (let i = 0; i < rounds; i++)
    for (const { name, url } of places) {
      const { page, close } = await open(browser, url);
      const passed = await page.evaluate(async () => {
        const { load } = await import('/dist/index.js');
        const canvas = draw();
        const start = performance.now();
        const digits = await load('mnist-lenet5', { backend: 'wasm' });
        expect(await digits.predict(canvas));
        return performance.now() - start;
      });
      addTo(times, name, passed);
      await close();
    }
  for (const [name, values] of times) record(row, name, 'ms', values);
}

/** Gzip bytes of what a page fetches: for the entry, and then for load() up to the first answer. @param {Task} task */
async function bytes({ browser, places, record }) {
  for (const { name, url } of places) {
    const { page, close } = await open(browser, url);
    /** @type {Set<URL>} */
    const fetched = new Set();
    page.on('request', (request) => fetched.add(new URL(request.url())));
    const sum = (/** @type {RegExp} */ wanted) =>
      [...new Set([...fetched].map(({ protocol, pathname }) => (protocol === 'http:' ? pathname : '')))]
        .filter((path) => wanted.test(path))
        .reduce(
          (total, path) => total + gzipSync(readFileSync(`.${decodeURIComponent(path)}`), { level: 9 }).length,
          0,
        );
    await page.evaluate(() => import('/dist/index.js'));
    record('bytes/entry', name, 'B', [sum(/\.js$/)]);
    fetched.clear();
    await page.evaluate(async () => {
      const { load } = await import('/dist/index.js');
      const digits = await load('mnist-lenet5', { backend: 'wasm' });
      expect(await digits.predict(draw()));
    });
    record('bytes/worker', name, 'B', [sum(/\.js$/)]);
    record('bytes/wasm', name, 'B', [sum(/\.wasm$/)]);
    record('bytes/weights', name, 'B', [sum(/\.safetensors$/)]);
    await close();
  }
}

/**
 * Bytes by which WebAssembly memory and the worker's JavaScript heap grow over 2,000 steps of one fine-tune.
 * @param {Task} task
 */
async function memory({ browser, places, record }) {
  for (const { name, url } of places) {
    const { page, close } = await open(browser, url);
    /** @type {Promise<WebWorker>} */
    const started = new Promise((resolve) => page.once('workercreated', resolve));
    const done = page.evaluate(learnLong, MEMORY_STEPS / 10 + 40);
    const worker = await started;
    const measure = async (/** @type {number} */ epoch) => {
      await page.waitForFunction((epoch) => globalThis.epoch >= epoch, { timeout: 300_000 }, epoch);
      await worker.client.send('HeapProfiler.collectGarbage');
      const { usedSize } = await worker.client.send('Runtime.getHeapUsage');
      return { heap: await worker.evaluate(() => globalThis.wasmBytes()), js: usedSize };
    };
    const before = await measure(20);
    const after = await measure(20 + MEMORY_STEPS / 10);
    await done;
    if (before.heap === 0) throw new Error('the worker has no WebAssembly memory that could be counted');
    record('heap/growth', name, 'B', [after.heap - before.heap]);
    record('heap/js-growth', name, 'B', [after.js - before.js]);
    await close();
  }
}

/** In a page. @param {number} epochs */
async function learnLong(epochs) {
  globalThis.epoch = 0;
  const { create, lenet5 } = await import('/dist/index.js');
  const worker = () => new Worker('counted.worker.js', { type: 'module' });
  const classifier = await create(lenet5(), { backend: 'wasm', worker });
  const samples = Array.from({ length: 160 }, (_, i) => ({
    input: Float32Array.from({ length: 784 }, Math.random),
    label: i % 10,
  }));
  /** @param {import('handful').Progress} progress */
  const onProgress = (progress) => (globalThis.epoch = progress.epoch ?? 0);
  await classifier.fineTune(samples, { ...recipe, epochs, onProgress });
}

/** Bytes that networks hold on the device after 2,000 further steps: what tensors are elsewhere. @param {Task} task */
async function tensors({ subjects, row, record }) {
  for (const { name, worker, software } of subjects)
    if (worker && name.startsWith('handful') && !software)
      record(row, name, 'B', [await worker.evaluate((steps) => globalThis.growth(steps), MEMORY_STEPS)]);
}
