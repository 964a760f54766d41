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

/**
 * Downloads a file whole.
 * @param onProgress Called with bytes so far and, if the server tells, bytes in all.
 * @throws {HandfulError} as {@link request}; `network` if the connection breaks midway.
 */
export async function download(
  url: URL,
  signal?: AbortSignal,
  onProgress?: (received: number, total: number | undefined) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url, signal);
  try {
    if (!response.body || !onProgress) return new Uint8Array(await response.arrayBuffer());
    // With a content encoding, the length counts compressed bytes and says nothing of what will arrive.
    const encoded = response.headers.get('content-encoding');
    const total = encoded ? undefined : Number(response.headers.get('content-length')) || undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    const reader = response.body.getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      chunks.push(chunk.value);
      received += chunk.value.length;
      onProgress(received, total);
    }
    return join(chunks, received);
  } catch (error) {
    if (signal?.aborted) throw aborted(signal);
    throw new HandfulError('network', `${url.href} broke off while downloading: ${toHandfulError(error).message}`, {
      cause: error,
    });
  }
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
