// What Lighthouse says of the pages, as on a phone: npm run lighthouse [-- --json FILE] [PAGE …]
// It is fetched from npm at the first run, into .cache/lighthouse, since it weighs more than all that the tests need.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { launchOptions } from './browser.mjs';
import { serve } from './serve.mjs';

const VERSION = '12.8.2';
const FOLDER = resolve('.cache/lighthouse');
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const pages = positionals.length > 0 ? positionals : ['', 'draw/', 'teach/', 'numbers/', 'photo/'];

const lighthouse = await fetchLighthouse();
const server = await serve({ root: 'site' });
/** @type {Record<string, Record<string, number>>} */
const scores = {};
try {
  for (const page of pages) scores[`/demos/${page}`] = await scoresOf(`${server.url}demos/${page}`);
} finally {
  await server.close();
}
console.table(scores);
console.log(
  `Load of the machine, last minute: ${loadavg()[0].toFixed(1)}; Lighthouse simulates a phone from what it measures.`,
);
if (values.json) await writeFile(values.json, `${JSON.stringify({ lighthouse: VERSION, scores }, null, 2)}\n`);

/** @import { Page } from 'puppeteer-core' */

/** The four scores of one page, 0 to 100, in a browser that has never seen it. @param {string} url */
async function scoresOf(url) {
  const browser = await puppeteer.launch(launchOptions());
  try {
    const page = await browser.newPage();
    const { lhr } = await lighthouse(url, { onlyCategories: CATEGORIES, logLevel: 'error' }, undefined, page);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    for (const { id, title, score, displayValue } of Object.values(lhr.audits))
      if (score !== null && score < 0.9)
        console.log(`  ${new URL(url).pathname}: ${title} (${id}) ${displayValue ?? ''}`);
    return Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(100 * (lhr.categories[name].score ?? NaN))]));
  } finally {
    await browser.close();
  }
}

/**
 * @typedef {{ id: string, title: string, score: number | null, displayValue?: string }} Audit
 * @typedef {{ lhr: { runtimeError?: { message: string }, audits: Record<string, Audit>, categories: Record<string, { score: number | null }> } }} Outcome
 * @returns {Promise<(url: string, flags: object, config: undefined, page: Page) => Promise<Outcome>>}
 */
async function fetchLighthouse() {
  const entry = `${FOLDER}/node_modules/lighthouse/core/index.js`;
  if (!existsSync(entry)) {
    console.log(`Fetching Lighthouse ${VERSION} into .cache/lighthouse`);
    await mkdir(FOLDER, { recursive: true });
    await writeFile(`${FOLDER}/package.json`, '{ "private": true }\n');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `lighthouse@${VERSION}`];
    execFileSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return (await import(pathToFileURL(entry).href)).default;
}
