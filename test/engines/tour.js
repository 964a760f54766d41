// The whole way through the public API in one page, for any browser; scripts/engines.mjs opens it and waits for its report.

import { create, forget, HandfulError, load, mlp, saved } from '../../dist/index.js';

const seven = [
  [60, 60],
  [220, 62],
  [130, 230],
];
const one = [
  [140, 50],
  [138, 230],
];

function draw(points) {
  const canvas = document.querySelector('canvas');
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, 280, 280);
  Object.assign(context, { strokeStyle: '#124', lineWidth: 18, lineCap: 'round', lineJoin: 'round' });
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  return canvas;
}

const jitter = (points, by) => points.map(([x, y], i) => [x + ((i * 7 + by * 13) % 11), y + ((i * 5 + by * 3) % 9)]);

async function tour() {
  const found = { isolated: globalThis.crossOriginIsolated };
  const start = performance.now();
  const digits = await load('mnist-lenet5');
  found.loadMs = Math.round(performance.now() - start);
  found.backend = digits.backend;
  found.canvas = [await digits.predict(draw(seven)), await digits.predict(draw(one))].map(({ label }) => label);
  found.strokes = (await digits.predict({ strokes: [seven] })).label;
  const blob = await new Promise((resolve) => draw(seven).toBlob(resolve));
  found.blob = (await digits.predict(blob)).label;
  const times = [];
  for (let i = 0; i < 50; i++) {
    const begin = performance.now();
    await digits.predict({ strokes: [seven] });
    times.push(performance.now() - begin);
  }
  found.predictMs = times.sort((a, b) => a - b)[25];

  let messages = 0;
  const samples = Array.from({ length: 20 }, (_, i) => {
    return { input: { strokes: [jitter(i % 2 ? one : seven, i)] }, label: i % 2 ? 'bar' : 'hook' };
  });
  const report = await digits.fineTune(samples, { onProgress: () => messages++ });
  found.fineTune = { head: report.head, kept: report.kept, seconds: report.seconds, messages };
  found.tuned = (await digits.predict({ strokes: [one] })).label;
  await digits.save('tour');
  found.saved = await saved();
  const again = await load('indexeddb:tour');
  found.again = (await again.predict({ strokes: [one] })).label;
  await forget('tour');
  again.dispose();

  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  const error = await digits.fineTune(samples, { epochs: 100_000, signal: abort.signal }).catch((reason) => reason);
  found.abort = error instanceof HandfulError && error.code;
  digits.dispose();
  const here = await create(mlp([784, 10]), { worker: false });
  found.here = (await here.predict({ strokes: [one] })).label !== null;
  here.dispose();
  found.ready = await timesReady();
  return found;
}

/** How often a worker says that its script has run, when a chunk has come that shares code with what answers. */
async function timesReady() {
  let times = 0;
  const worker = () => {
    const started = new Worker('/dist/handful.worker.js', { type: 'module' });
    started.addEventListener('message', ({ data }) => (times += data.type === 'ready'));
    return started;
  };
  const digits = await load('/test/fixtures/onnx/mnist-8.onnx', { worker });
  await digits.predict({ strokes: [one] });
  digits.dispose();
  return times;
}

const found = await tour().catch(({ name, code, message, stack }) => ({ error: `${name} ${code}: ${message}`, stack }));
document.body.append(JSON.stringify(found, null, 2));
const report = new URLSearchParams(location.search).get('report');
if (report) await fetch(report, { method: 'POST', mode: 'no-cors', body: JSON.stringify(found) });
