// npm run bench [-- --json FILE --only PART,… --peers NAME,… --rounds N]
//
// Every subject does the same work in the same run: round after round, one subject after the other, so that what slows
// the machine down slows all of them. Medians; ratios are to native PyTorch, where there is one.
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../scripts/browser.mjs';
import { serve } from '../scripts/serve.mjs';
import { rows } from './rows.mjs';
import { inPage, pytorch, simdPeak } from './subjects.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: 'tfjs-wasm,pytorch-1' },
    rounds: { type: 'string', default: '9' },
  },
});
const only = options.only.split(',');
const peers = options.peers.split(',');
const rounds = Number(options.rounds);

const { url, close } = await serve({ isolated: false });
const browser = await puppeteer.launch({ ...launchOptions(), protocolTimeout: 600_000 });
const subjects = [];
try {
  const { version } = require('../package.json');
  const handful = await inPage(browser, url, 'handful-wasm-1', { script: 'handful', version });
  subjects.push(handful);
  const tfjs = require('@tensorflow/tfjs-core/package.json').version;
  if (peers.includes('tfjs-wasm'))
    subjects.push(await inPage(browser, url, 'tfjs-wasm', { script: 'tfjs', version: tfjs }));
  const native = peers.includes('pytorch-1') ? await pytorch() : undefined;
  if (native) subjects.push(native);
  const peak = await simdPeak(handful.page);

  const results = [];
  for (const { row, calls } of rows.filter(({ row }) => only.some((part) => row.includes(part)))) {
    const times = new Map(subjects.map(({ name }) => [name, []]));
    const peaks = [];
    for (let round = 0; round < rounds; round++) {
      peaks.push(await peak('relaxed'));
      for (const { name, round: measure } of subjects) {
        // tfjs takes so long that fewer rounds tell as much.
        if (name === 'tfjs-wasm' && round >= Math.max(3, rounds / 3)) continue;
        times.get(name).push(await measure(row, name === 'tfjs-wasm' ? Math.ceil(calls / 5) : calls));
      }
    }
    const work = await handful.page.evaluate((row) => globalThis.operations(row), row);
    const found = subjects.map(({ name }) => ({ row, subject: name, unit: 'ms', ...summary(times.get(name)) }));
    results.push(...found, { row, subject: 'simd-peak', unit: 'GFLOP/s', ...summary(peaks) });
    print(row, found, work, summary(peaks).median);
  }
  const mulAdd = [];
  const madd = [];
  for (let i = 0; i < rounds; i++) {
    mulAdd.push(await peak('simd'));
    madd.push(await peak('relaxed'));
  }
  results.push({ row: 'peak/mul+add', subject: 'simd-peak', unit: 'GFLOP/s', ...summary(mulAdd) });
  results.push({ row: 'peak/relaxed-madd', subject: 'simd-peak', unit: 'GFLOP/s', ...summary(madd) });
  console.log(`SIMD peak: ${summary(mulAdd).median} GFLOP/s by mul and add, ${summary(madd).median} by relaxed madd`);

  const machine = { cpu: os.cpus()[0].model, cores: os.cpus().length, os: `${os.type()} ${os.arch()}` };
  const versions = { browser: await browser.version(), node: process.version };
  for (const { name, version } of subjects) versions[name] = version;
  const json = JSON.stringify({ machine, versions, rows: results }, undefined, 2);
  await mkdir('bench/results', { recursive: true });
  await writeFile(options.json ?? 'bench/results/latest.json', `${json}\n`);
} finally {
  await Promise.all(subjects.map((subject) => subject.close?.()));
  await browser.close();
  await close();
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const round = (value) => Number(value.toPrecision(4));
  return { median: round(sorted[sorted.length >> 1]), min: round(sorted[0]), rounds: values.map(round) };
}

function print(row, found, work, peak) {
  const [{ median: own }] = found;
  const others = found
    .slice(1)
    .map(({ subject, median }) => `${subject} ${median} ms (${(own / median).toFixed(3)} x)`);
  const share = ((100 * work) / own / 1e6 / peak).toFixed(0);
  console.log(`${row.padEnd(22)} ${`${own} ms`.padEnd(11)} ${share.padStart(3)} % of peak   ${others.join('   ')}`);
}
