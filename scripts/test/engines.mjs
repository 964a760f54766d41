// npm run test:engines
// The demo pages as a person uses them, in Chromium, Firefox and WebKit, or in those that ENGINES names:
//   ENGINES=firefox,webkit npm run test:engines
// Debian has them as chromium, firefox-esr, webkit2gtk-driver and xvfb. Not part of npm test, which asks nobody to install
// three browsers.
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from '../browser.mjs';
import { bundleForNode } from './bundle.mjs';
import { runInNode } from './node.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const bundles = await bundleForNode(['test/engines/pages.test.ts'], '.cache/test/engines');
const env = { CHROME_PATH: ensureBrowser() };
const { passed, failed } = await runInNode(bundles, { name: 'engines', concurrency: 1, env });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
