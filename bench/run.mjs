// npm run bench [-- --only PART,… --peers NAME,… --rounds N --json FILE]
//
// Every subject does the same work in the same run: round after round, one subject after the other, so that what slows
// the machine down slows all of them. Before that, each shows that it computes the same.
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { launchOptions } from '../scripts/browser.mjs';
import { serve } from '../scripts/serve.mjs';
import { importWork } from './bundle.mjs';
import { gpus } from './gpu.mjs';
import { simdPeak } from './peak.mjs';
import { start } from './peers.mjs';
import { figures, printFigures, printGpu, printOthers, printRow } from './report.mjs';
import { rows } from './rows.mjs';
import { firstLine, sdkRows } from './sdk.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    peers: { type: 'string' },
    rounds: { type: 'string', default: '9' },
  },
});
const BUDGET = 150; // ms a round of one subject
const MOST = 10_000; // ms of one subject on one row; slow ones have fewer rounds
const rounds = Number(options.rounds);
const asked = (/** @type {string} */ row) => options.only.split(',').some((part) => row.includes(part));
const round4 = (/** @type {number} */ value) => Number(value.toPrecision(4));

/**
 * @import { Result } from './report.mjs'
 * @import { Subject } from './subjects.mjs'
 */

/** @type {Result[]} */
const results = [];
/** @type {string[]} */
const notes = [];

/** @param {string} row @param {string} subject @param {string} unit @param {number[]} values one a round */
function record(row, subject, unit, values) {
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  const round = unit === 'B' ? Math.round : round4;
  results.push({ row, subject, median: round(median), unit, min: round(sorted[0]), rounds: values.map(round) });
}

/** @param {string} text */
function note(text) {
  notes.push(text);
  console.log(text);
}

/**
 * How far two lists of numbers are apart, at most, relative to the expected ones' size where that exceeds 1.
 * @param {number[]} found @param {number[]} expected
 */
function difference(found, expected) {
  if (found.length < Math.min(2, expected.length) || found.length > expected.length) return Infinity;
  const far = found.map((value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i])));
  return far.every(Number.isFinite) ? Math.max(...far) : Infinity;
}

/** Those of the subjects that do this row, and do it right. @param {Subject[]} subjects @param {string} row */
async function able(subjects, row) {
  const expected = await subjects[0].check(row);
  const list = [];
  for (const subject of subjects) {
    if (subject.does?.(row) === false) continue;
    try {
      const apart = difference(subject === subjects[0] ? expected : await subject.check(row), expected);
      // Rounding grows from step to step, most of all in Adam, which divides by the gradients' size.
      const right = apart <= (row.endsWith('adam') ? 1e-2 : 2e-3);
      if (right) list.push(subject);
      else note(`${subject.name} differs from ${subjects[0].name} on ${row} by ${apart}; it is left out there`);
      if (!right) process.exitCode = 1;
    } catch (error) {
      note(`${subject.name} cannot do ${row}: ${firstLine(error)}`);
    }
  }
  return list;
}

/**
 * @param {Subject[]} subjects
 * @param {Awaited<ReturnType<typeof simdPeak>>} peak @param {string} row @param {number} work
 */
async function measure(subjects, peak, row, work) {
  const taking = await able(subjects, row);
  const takings = taking.map((subject) => ({ ...subject, times: /** @type {number[]} */ ([]) }));
  const peaks = [];
  for (let i = 0; i < rounds; i++) {
    peaks.push(await peak('relaxed'));
    for (const { round, times } of takings) {
      await pause(20); // the last one's threads may still be spinning
      if (times.length === 0 || times.length * Math.min(...times) < MOST) times.push(await round(row, BUDGET));
    }
  }
  for (const { name, times } of takings) record(row, name, 'ms', times);
  record(row, 'simd-peak', 'GFLOP/s', peaks);
  printRow(row, results, work);
}

/**
 * Writes what has been measured so far.
 * @param {Awaited<ReturnType<typeof importWork>>} work @returns the file's name.
 */
async function save(work) {
  const cpu = os.cpus()[0].model;
  const adapter = subjects.map(({ info }) => info.adapter).find(Boolean);
  const machine = { cpu, cores: os.cpus().length, os: `${os.type()} ${os.arch()}`, adapter };
  /** @type {Record<string, string>} */
  const versions = { browser: await browser.version(), node: process.version };
  for (const { name, version } of subjects) versions[name] = version;
  const threads = Object.fromEntries(subjects.map(({ name, info }) => [name, info.threads]));
  const content = { machine, versions, threads, rows: results, figures: figures(results, work.operations), notes };
  const whole = !options.only && !options.peers;
  const dated = `${new Date().toISOString().slice(0, 10)}-${cpu.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const file = options.json ?? `bench/results/${whole ? dated : 'latest'}.json`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

const plain = await serve({ isolated: false });
const isolated = await serve({ isolated: true });
// Without the software GPU of the tests: a GPU that is measured has to be one.
const { args, ...launch } = launchOptions();
const browser = await puppeteer.launch({
  ...launch,
  args: args.filter((arg) => !arg.startsWith('--use-webgpu-adapter')),
  protocolTimeout: 600_000,
});
const gpu = gpus(browser, plain.url);
/** @type {Subject[]} */
const subjects = [];
try {
  await mkdir('bench/dist', { recursive: true });
  const work = await importWork();
  const urls = { plain: plain.url, isolated: isolated.url };
  const started = await start(options.peers?.split(',').filter(Boolean), { browser, ...urls, gpu, work });
  subjects.push(...started.subjects);
  started.missing.forEach(note);
  for (const { name, version, info } of subjects) console.log(`${name} ${version} ${JSON.stringify(info)}`);

  const peak = await simdPeak(started.worker);
  for (const row of rows.filter(asked)) {
    await measure(subjects, peak, row, work.operations(row));
    await save(work); // a run on a slow machine may be broken off
  }
  /** @type {{ simd: number[], relaxed: number[] }} */
  const kinds = { simd: [], relaxed: [] };
  for (let i = 0; i < rounds; i++) {
    kinds.simd.push(await peak('simd'));
    kinds.relaxed.push(await peak('relaxed'));
  }
  record('peak/mul+add', 'simd-peak', 'GFLOP/s', kinds.simd);
  record('peak/relaxed-madd', 'simd-peak', 'GFLOP/s', kinds.relaxed);

  await sdkRows({ browser, urls, subjects, rounds, asked, record, note });
  console.log();
  printOthers(results);
  printGpu(results);
  printFigures(figures(results, work.operations));
  console.log(`\nWritten to ${await save(work)}`);
} finally {
  await Promise.all(subjects.map((subject) => subject.close()));
  await Promise.all([gpu.close(), browser.close()]);
  await Promise.all([plain.close(), isolated.close()]);
}
