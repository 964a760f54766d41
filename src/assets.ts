import { aborted, HandfulError, throwIfAborted, toHandfulError } from './errors.js';

/** Node's file system, which only the `file:` URLs of a Node process need; undefined in browsers. */
interface FileSystem {
  readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
}
declare const process: { getBuiltinModule?(name: string): FileSystem } | undefined;

/**
 * Where one of handful's own files is: under the caller's `assetBase` if given, else where the bundler put it.
 * @param path Relative to `assetBase`, such as `pretrained/mnist-lenet5/model.safetensors`.
 * @param bundled Made by a literal `new URL('…', import.meta.url)`, which bundlers find and rewrite.
 */
export function assetUrl(path: string, bundled: URL, assetBase?: string): URL {
  if (assetBase === undefined) return bundled;
  try {
    return new URL(path, assetBase.endsWith('/') ? assetBase : `${assetBase}/`);
  } catch (cause) {
    throw new HandfulError('bad-argument', `assetBase is an absolute URL of a folder; got '${assetBase}'.`, { cause });
  }
}

/**
 * Asks for a URL; in Node `file:` URLs work too.
 * @throws {HandfulError} `not-found` or `network`, naming the URL; `aborted`.
 */
export async function request(url: URL, signal?: AbortSignal): Promise<Response> {
  throwIfAborted(signal);
  try {
    if (url.protocol === 'file:' && typeof process !== 'undefined' && process.getBuiltinModule)
      return new Response(await process.getBuiltinModule('node:fs/promises').readFile(url));
    const response = await fetch(url, { signal: signal ?? null, credentials: 'same-origin' });
    if (response.ok) return response;
    const code = response.status === 404 || response.status === 410 ? 'not-found' : 'network';
    throw new HandfulError(code, `${url.href} answered ${response.status} ${response.statusText}`.trim() + '.');
  } catch (error) {
    if (signal?.aborted) throw aborted(signal);
    if (error instanceof HandfulError) throw error;
    const code = (error as { code?: string }).code === 'ENOENT' ? 'not-found' : 'network';
    throw new HandfulError(code, `${url.href} could not be fetched: ${toHandfulError(error).message}`, {
      cause: error,
    });
  }
}

/** What a download may be told. */
export interface DownloadOptions {
  signal?: AbortSignal;
  /** Is told how far it has come, from 0 to 1 and never falling. */
  onProgress?: (fraction: number) => void;
  /** Bytes that it may have. */
  most?: number;
  /** Milliseconds without a byte after which it is given up. */
  patience?: number;
}

const PATIENCE = 20_000; // ms; of silence, however long the whole may take

/**
 * Downloads a file whole; in Node `file:` URLs work too.
 * @throws {HandfulError} `not-found`, `network`, or `bad-model` if it is too large, naming the URL; `aborted`.
 */
export async function download(
  url: URL,
  { signal, onProgress, most = Infinity, patience = PATIENCE }: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let received = 0;
  let quiet = 0;
  let stalled: HandfulError | undefined;
  // Ticks instead of one deadline: for a computer that slept an hour it was one of them.
  const clock = setInterval(() => {
    if (++quiet < 20) return;
    const message = `${url.href} sent nothing for ${patience / 1000} s; ${received} bytes had come.`;
    stalled = new HandfulError('network', message);
    abort();
  }, patience / 20);
  signal?.addEventListener('abort', abort);
  try {
    throwIfAborted(signal);
    const response = await request(url, controller.signal);
    checkSize(url, Number(response.headers.get('content-length')), most);
    if (!response.body) return new Uint8Array(await response.arrayBuffer());
    const fraction = progressOf(response.headers);
    const chunks: Uint8Array[] = [];
    const reader = response.body.getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      quiet = 0;
      chunks.push(chunk.value);
      received += chunk.value.length;
      checkSize(url, received, most);
      onProgress?.(fraction(received));
    }
    return join(chunks, received);
  } catch (error) {
    if (signal?.aborted) throw aborted(signal);
    if (stalled) throw stalled;
    if (error instanceof HandfulError) throw error;
    throw new HandfulError('network', `${url.href} broke off while downloading: ${toHandfulError(error).message}`, {
      cause: error,
    });
  } finally {
    abort(); // nothing more of what was given up
    clearInterval(clock);
    signal?.removeEventListener('abort', abort);
  }
}

function checkSize(url: URL, bytes: number, most: number): void {
  if (bytes > most)
    throw new HandfulError('bad-model', `${url.href} has ${bytes} bytes or more; expected at most ${most}.`);
}

/**
 * How far a download has come, by the bytes so far. Where it is compressed, its length counts other bytes, which a server
 * may hide; where there is none, the fraction only shows that something comes.
 */
function progressOf(headers: Headers): (received: number) => number {
  const length = Number(headers.get('content-length'));
  if (length && !headers.get('content-encoding')) return (received) => Math.min(1, received / length);
  return (received) => received / (received + (length || 1_000_000));
}
function join(chunks: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
