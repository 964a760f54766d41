// Finds the Chromium-like browser that tests and benchmarks drive, or installs one where that is possible.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const mac = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
);
const windows = ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((root) =>
  ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((app) =>
    join(process.env[root] ?? '', app),
  ),
);
const linux = ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => join(folder, name)));
/** @type {Partial<Record<NodeJS.Platform, string[]>>} */
const elsewhere = { darwin: mac, win32: windows };
const usualPlaces = elsewhere[process.platform] ?? linux;

/** WebGPU runs on SwiftShader, so that it works, slowly, on machines without a GPU. */
export const browserArgs = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/** What puppeteer's `launch` wants; finds or installs the browser first. */
export function launchOptions() {
  return { executablePath: ensureBrowser(), args: browserArgs, headless: true };
}

/** @returns the browser's path. @throws if there is none and none can be installed; the message says what to do. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get')) {
    console.log('No Chrome, Chromium or Edge found; installing Chromium: apt-get install chromium');
    /** @type {import('node:child_process').SpawnSyncOptions} */
    const options = {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-q'], options);
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], options);
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    'No Chrome, Chromium or Edge found. Install one (Debian: apt-get install chromium; macOS: brew install --cask ' +
      'google-chrome) or set CHROME_PATH to its executable.',
  );
}

/** The path of CHROME_PATH, of a usual name on PATH, or of a usual place; undefined if there is none. */
export function findBrowser() {
  const named = process.env.CHROME_PATH;
  if (named && !existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist.`);
  return named || names.map(onPath).find(Boolean) || usualPlaces.find(isExecutable);
}

/** @param {string} name */
function onPath(name) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, file))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
