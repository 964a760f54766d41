import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import type { KeyInput, Page, Viewport } from 'puppeteer-core';

// As much of a puppeteer `Page` as hands need, in WebKitGTK's MiniBrowser, which speaks WebDriver alone.

const DRIVER = 'WebKitWebDriver';
const BROWSER = '/usr/lib/%-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // by which the standard marks a reference to one
const KEYS: Partial<Record<KeyInput, string>> = {
  ArrowDown: '\uE015',
  ArrowUp: '\uE013',
  Enter: '\uE007',
};

type Code = string | ((...args: never[]) => unknown);

export interface WebKit {
  page: Page;
  close(): Promise<void>;
}

/** Starts it on a screen of its own (xvfb-run). */
export async function openWebKit(): Promise<WebKit> {
  const port = await freePort();
  const driver = spawn('xvfb-run', ['-a', DRIVER, `--port=${port}`], { stdio: 'ignore', detached: true });
  const base = `http://127.0.0.1:${port}/session`;

  async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const response = await fetch(base + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (!response.ok) throw new Error(`WebKit, ${path}: ${value?.error} ${value?.message ?? ''}`);
    return value;
  }

  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const options = { binary: BROWSER.replace('%', arch), args: ['--automation'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
  const start = async (tries: number): Promise<{ sessionId: string }> => {
    try {
      return (await ask('POST', '', { capabilities })) as { sessionId: string };
    } catch (error) {
      if (tries === 0) throw error;
      await after(250); // it is not there yet
      return start(tries - 1);
    }
  };
  const session = `/${(await start(40)).sessionId}`;
  const post = (path: string, body: object = {}) => ask('POST', session + path, body);

  const evaluate = (code: Code, ...args: unknown[]) =>
    post('/execute/async', {
      script: `const [source, args, done] = arguments;
        Promise.resolve((0, eval)('(' + source + ')')(...args)).then(done, (error) => done({ thrown: String(error) }));`,
      args: [String(code), args],
    }).then((value) => {
      if (value && typeof value === 'object' && 'thrown' in value) throw new Error(String(value.thrown));
      return value;
    });
  const find = async (selector: string) =>
    ((await post('/element', { using: 'css selector', value: selector })) as Record<string, string>)[ELEMENT];
  const act = (type: 'pointer' | 'key', ...actions: object[]) =>
    post('/actions', { actions: [{ type, id: type, actions }] });
  const $eval = (selector: string, code: Code, ...args: unknown[]) =>
    evaluate(`(selector, ...args) => (${String(code)})(document.querySelector(selector), ...args)`, selector, ...args);

  const page = {
    goto: (url: string) => post('/url', { url }),
    reload: () => post('/refresh'),
    evaluate,
    $eval,
    $: (selector: string) => ({
      boundingBox: () =>
        $eval(selector, (element: Element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return { x, y, width, height };
        }),
    }),
    click: async (selector: string) => post(`/element/${await find(selector)}/click`),
    focus: (selector: string) => $eval(selector, (element: HTMLElement) => element.focus()),
    async waitForFunction(code: Code, { polling = 50 } = {}, ...args: unknown[]) {
      for (const until = Date.now() + 40_000; !(await evaluate(code, ...args)); await after(polling))
        if (Date.now() > until) throw new Error('waited for 40 s');
    },
    setViewport: ({ width, height }: Viewport) => post('/window/rect', { width, height }),
    mouse: {
      move: (x: number, y: number) =>
        act('pointer', { type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y) }),
      down: () => act('pointer', { type: 'pointerDown', button: 0 }),
      up: () => act('pointer', { type: 'pointerUp', button: 0 }),
    },
    keyboard: {
      press: (key: KeyInput) =>
        act('key', { type: 'keyDown', value: KEYS[key] ?? key }, { type: 'keyUp', value: KEYS[key] ?? key }),
    },
  };

  return {
    page: page as unknown as Page,
    async close() {
      await ask('DELETE', session).catch(() => {}); // a browser that has died is closed
      if (driver.pid) process.kill(-driver.pid);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
