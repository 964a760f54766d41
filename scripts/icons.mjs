// Makes the app's icons, and the picture that is shown beside a link to it, of demos/shared/icon.svg: npm run icons
// Written into demos/public/icons.
import { mkdir, readFile } from 'node:fs/promises';
import puppeteer from 'puppeteer-core';
import { launchOptions } from './browser.mjs';

const OUT = 'demos/public/icons';
const icon = (await readFile('demos/shared/icon.svg', 'utf8')).replace(/<style>.*<\/style>/s, '');
const [paper, accent, ink, soft] = ['#f7f5f0', '#17705a', '#1e1c19', '#68625a'];

/** A square whose drawing takes this share of it. @param {number} share @param {string} background */
const square = (share, background) => `
  <style>
    body { margin: 0; height: 100vh; display: grid; place-content: center; background: ${background} }
    svg { width: ${100 * share}vw; stroke: ${accent} }
  </style>${icon}`;

const card = `
  <style>
    body { margin: 0; height: 100vh; display: grid; grid-template-columns: 300px 1fr; align-items: center; gap: 70px;
      padding: 0 90px; box-sizing: border-box; background: ${paper}; color: ${ink}; font: 40px/1.35 system-ui, sans-serif }
    svg { width: 300px; stroke: ${accent} }
    h1 { margin: 0; font-size: 104px; font-weight: 600; line-height: 1.1 }
    p { margin: 18px 0 0; color: ${soft} }
  </style>
  ${icon}<div><h1>handful</h1><p>Teach a neural network with a handful of examples, in the browser, on your own device.</p></div>`;

// Masks take away up to a fifth at each side.
const pictures = [
  { name: '180.png', size: [180, 180], html: square(0.7, paper) },
  { name: '192.png', size: [192, 192], html: square(0.84, 'transparent') },
  { name: '512.png', size: [512, 512], html: square(0.84, 'transparent') },
  { name: 'maskable.png', size: [512, 512], html: square(0.55, paper) },
  { name: 'card.png', size: [1200, 630], html: card },
];

await mkdir(OUT, { recursive: true });
const browser = await puppeteer.launch(launchOptions());
try {
  const page = await browser.newPage();
  for (const { name, size, html } of pictures) {
    const [width, height] = size;
    await page.setViewport({ width, height });
    await page.setContent(html);
    await page.screenshot({ path: `${OUT}/${name}`, omitBackground: true });
  }
} finally {
  await browser.close();
}
